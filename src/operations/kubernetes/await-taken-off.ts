import { z } from "zod/mini";
import type { Taken } from "../../cluster/withdraw.ts";
import { leadsBy } from "../../kubernetes/behind.ts";
import { traefikRouterName, traefikServiceName } from "../../kubernetes/names.ts";
import { traefikServiceSchema } from "../../kubernetes/routing-schemas.ts";
import { parseJsonOrNull } from "../../model/parse-json.ts";
import { ask, type Connections, keepAliveAgent } from "../../net/ask.ts";
import { poll } from "../../net/poll.ts";

/** How long a running Traefik may take to route by the changed objects, in milliseconds; it reads them every two seconds by default. */
const ADMISSION_LIMIT = 10_000;

const middlewareSchema = z.object({ headers: z.object({ customRequestHeaders: z.record(z.string(), z.string()) }) });

const versionSchema = z.object({ Version: z.string() });

/** Something that Traefik's API shows once it routes without what was killed. */
interface Sign {
  readonly path: string;
  readonly isThere: (status: number, body: unknown) => boolean;
}

/**
 * Waits until a running Traefik routes by what a kill has changed.
 * @param api base URL of its API
 * @returns whether it was seen to; null where its API does not answer, or something else does
 */
export async function awaitTakenOff(api: string, namespace: string, taken: Pick<Taken, "before" | "withdrawal">): Promise<boolean | null> {
  const agent = keepAliveAgent(8);
  try {
    const { status, body } = await ask(api, { path: "/api/version" }, agent);
    if (status !== 200 || !versionSchema.safeParse(parseJsonOrNull(body)).success) return null;
    let waiting = signsOf(namespace, taken);
    return await poll(
      async () => {
        const seen = await Promise.all(waiting.map((sign) => isSeen(api, sign, agent)));
        waiting = waiting.filter((_sign, index) => seen[index] !== true);
        return waiting.length === 0;
      },
      ADMISSION_LIMIT,
      10,
    );
  } finally {
    agent.destroy();
  }
}

async function isSeen(api: string, { path, isThere }: Sign, agent: Connections): Promise<boolean> {
  const { status, body } = await ask(api, { path }, agent);
  return isThere(status, parseJsonOrNull(body));
}

function signsOf(namespace: string, { before, withdrawal }: Pick<Taken, "before" | "withdrawal">): Sign[] {
  const gone = before.routes.filter(({ metadata: { name } }) => withdrawal.routesGone.includes(name));
  return [
    ...withdrawal.slots.map(({ name, spec }) => ({
      path: `/api/http/services/${traefikServiceName(namespace, name, null)}`,
      isThere: (_: number, body: unknown) => leadsBy(namespace, { name, children: spec.weighted.services }, traefikServiceSchema.safeParse(body).data),
    })),
    ...withdrawal.middlewares.map(({ name, spec }) => ({
      path: `/api/http/middlewares/${traefikServiceName(namespace, name, null)}`,
      isThere: (_: number, body: unknown) => tells(body, spec.headers?.customRequestHeaders ?? {}),
    })),
    ...gone.flatMap(({ metadata: { name }, spec }) =>
      spec.routes.map(({ match }) => ({
        path: `/api/http/routers/${traefikRouterName(namespace, name, match)}`,
        isThere: (status: number) => status === 404,
      })),
    ),
  ];
}

function tells(body: unknown, headers: Readonly<Record<string, string>>): boolean {
  const parsed = middlewareSchema.safeParse(body);
  const told = parsed.success ? parsed.data.headers.customRequestHeaders : {};
  return Object.entries(headers).every(([header, value]) => told[header] === value);
}
