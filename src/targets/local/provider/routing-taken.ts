import { z } from "zod/mini";
import { type ClusterClient, openCluster } from "../../../cluster/client.ts";
import { isTransient } from "../../../cluster/errors.ts";
import { behind, type ClusterRouting, type TraefikRouting } from "../../../kubernetes/behind.ts";
import { stageSelector } from "../../../kubernetes/labels.ts";
import { TRAEFIK_API } from "../../../kubernetes/routing-types.ts";
import { ask } from "../../../net/ask.ts";
import { type Clock, systemClock } from "../../../net/clock.ts";
import { provideCheck } from "./check-kind.ts";
import type { Report } from "./engine-log.ts";

const schema = z.object({
  /** Name of the cluster in the config. */
  cluster: z.string(),
  context: z.string(),
  /** Path of the kubeconfig; null for the usual one. */
  kubeconfig: z._default(z.nullable(z.string()), null),
  namespace: z.string(),
  stage: z.string(),
  /** Base URL of Traefik's API. */
  api: z.string(),
  /** Stands for the routing: when it changes, Traefik is asked anew. */
  change: z.string(),
});

export type RoutingTakenState = z.output<typeof schema>;

/**
 * How long Traefik may take, in milliseconds. It learns of a change within two seconds; but after its API server was
 * away for some time it asks anew only after a minute at most. Source: client-go 0.34, backoff of a reflector.
 */
const LIMIT = 90_000;
/** Between two looks, in milliseconds. */
const PAUSE = 100;
/** How many objects are named. */
const SHOWN = 3;

/** That the Traefik of a cluster leads by what the cluster has; so nothing that it may still lead to is taken away before. */
export const routingTaken = provideCheck({
  schema,
  idOf: ({ cluster, namespace }) => `${cluster}/${namespace}`,
  matters: ({ cluster, namespace, stage, change }) => ({ cluster, namespace, stage, change }),
  check: async (state, report, signal) => awaitRouting(await openCluster(state), state, readTraefik, systemClock, report, signal),
});

/**
 * Waits until a Traefik leads by the routing that its cluster has.
 * @param readTraefik what the Traefik behind an API leads by; null where it does not answer
 * @returns what was seen, in words
 * @throws Error naming what Traefik has not taken
 */
export async function awaitRouting(
  client: Pick<ClusterClient, "list">,
  state: RoutingTakenState,
  readTraefik: (api: string) => Promise<TraefikRouting | null>,
  clock: Clock,
  report: Report,
  signal: AbortSignal,
): Promise<string> {
  const limit = clock.now().getTime() + LIMIT;
  for (;;) {
    const [live, running] = await Promise.all([readCluster(client, state), readTraefik(state.api)]);
    if (running === null) return `Traefik's API at ${state.api} does not answer: what it leads by was not looked at`;
    const missing = live === null ? ["what the cluster has, which does not answer"] : behind(state.namespace, live, running);
    if (missing.length === 0) return "Traefik leads by it";
    const shown = `${missing.slice(0, SHOWN).join(", ")}${missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : ""}`;
    report(`Traefik does not lead by ${shown} yet`);
    if (signal.aborted || clock.now().getTime() >= limit) throw new Error(failure(state, shown, signal.aborted));
    await clock.wait(PAUSE, signal);
  }
}

function failure({ cluster, api }: RoutingTakenState, shown: string, stopped: boolean): string {
  return [
    `The Traefik of cluster ${cluster} (${api}) does not lead by ${shown}, ${stopped ? "and someone asked to stop" : `${LIMIT / 1000} s after it was applied`}.`,
    "  Nothing was taken away: what it leads to goes on serving. See in its log whether it reaches the API server and can use these objects, then run pulumi up again.",
  ].join("\n");
}

const slotSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    weighted: z.object({
      services: z.array(z.object({ kind: z._default(z.string(), "Service"), name: z.string(), port: z.optional(z.union([z.string(), z.number()])) })),
    }),
  }),
});
const routeSchema = z.object({ metadata: z.object({ name: z.string() }), spec: z.object({ routes: z.array(z.object({ match: z.string() })) }) });

/** The routing of a stage in its cluster; null while that does not answer. */
async function readCluster(client: Pick<ClusterClient, "list">, { namespace, stage }: RoutingTakenState): Promise<ClusterRouting | null> {
  const selection = { namespace, labels: stageSelector(stage) };
  try {
    const [slots, routes] = await Promise.all([
      client.list({ apiVersion: TRAEFIK_API, kind: "TraefikService" }, selection, slotSchema),
      client.list({ apiVersion: TRAEFIK_API, kind: "IngressRoute" }, selection, routeSchema),
    ]);
    return {
      slots: slots.map(({ metadata, spec }) => ({
        name: metadata.name,
        children: spec.weighted.services.map(({ kind, name, port }) => ({ kind, name, port: port === undefined ? null : String(port) })),
      })),
      routes: routes.map(({ metadata, spec }) => ({ name: metadata.name, rules: spec.routes.map(({ match }) => match) })),
    };
  } catch (error) {
    if (isTransient(error)) return null;
    throw error;
  }
}

const servicesSchema = z.array(
  z.object({
    name: z.string(),
    status: z._default(z.string(), ""),
    weighted: z.optional(z.object({ services: z._default(z.array(z.object({ name: z.string() })), []) })),
    loadBalancer: z.optional(z.object({ servers: z._default(z.array(z.unknown()), []) })),
  }),
);
const routersSchema = z.array(z.object({ name: z.string(), status: z._default(z.string(), "") }));

async function readTraefik(api: string): Promise<TraefikRouting | null> {
  const [services, routers] = await Promise.all([readPages(api, "services", servicesSchema), readPages(api, "routers", routersSchema)]);
  if (services === null || routers === null) return null;
  return {
    services: services.map(({ name, status, weighted, loadBalancer }) => ({
      name,
      status,
      children: weighted?.services.map((child) => child.name) ?? null,
      servers: loadBalancer?.servers.length ?? 0,
    })),
    routers,
  };
}

async function readPages<T>(api: string, what: string, pageSchema: z.ZodMiniType<T[]>): Promise<T[] | null> {
  const all: T[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await ask(api, { path: `/api/http/${what}?per_page=500&page=${page}` });
    if (answer.status !== 200) return null;
    all.push(...pageSchema.parse(JSON.parse(answer.body)));
    if (String(answer.headers["x-next-page"] ?? "1") === "1") return all;
  }
}
