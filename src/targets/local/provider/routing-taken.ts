import { z } from "zod/mini";
import { type ClusterClient, openCluster } from "../../../cluster/client.ts";
import { isTransient } from "../../../cluster/errors.ts";
import { type AppliedRouting, behind, type RunningRouting } from "../../../kubernetes/behind.ts";
import { carryingIn, ENDPOINT_SLICE, sliceSchema } from "../../../kubernetes/endpoints.ts";
import { SERVICE_LABEL, stageSelector } from "../../../kubernetes/labels.ts";
import { routeSpecSchema, slotSpecSchema, traefikRouterSchema, traefikServiceSchema } from "../../../kubernetes/routing-schemas.ts";
import { TRAEFIK_API } from "../../../kubernetes/routing-types.ts";
import { ask } from "../../../net/ask.ts";
import { type Clock, systemClock } from "../../../net/clock.ts";
import { readTraefikAnswer } from "../../../net/traefik-answer.ts";
import { provideCheck } from "./check-kind.ts";
import type { Report } from "./engine-log.ts";

const schema = z.object({
  /** Name of the cluster in the config. */
  cluster: z.string(),
  context: z.string(),
  /** Path of the kubeconfig, from the program's folder; null for the usual one. */
  kubeconfig: z._default(z.nullable(z.string()), null),
  namespace: z.string(),
  stage: z.string(),
  /** Base URL of Traefik's API. */
  api: z.string(),
  /** By service, what stands for its routing as it was applied: of those whose value is another, Traefik is asked anew. */
  versions: z.record(z.string(), z.string()),
});

export type RoutingTakenState = z.output<typeof schema>;

/**
 * How long Traefik may take, in milliseconds. It learns of a change within two seconds; but after its API server was
 * away for some time it asks anew only after a minute at most. Source: client-go 0.34, backoff of a reflector.
 */
const LIMIT = 90_000;
/** Between two looks, in milliseconds. */
const PAUSE = 100;
/** Up to so many services, only theirs is read of the cluster. */
const SELECTED = 20;
/** How many objects are named. */
const SHOWN = 3;

/** That the Traefik of a cluster leads by what the cluster has; so nothing that it may still lead to is taken away before. */
export const routingTaken = provideCheck({
  schema,
  idOf: ({ cluster, namespace }) => `${cluster}/${namespace}`,
  matters: ({ cluster, namespace, stage, versions }) => ({ cluster, namespace, stage, versions }),
  changed,
  check: async (state, report, signal) => awaitRouting(await openCluster(state), state, readTraefik, systemClock, report, signal),
});

/** What a change asks of Traefik: to lead by the routing of the services that it touches. How it leads to others holds up nobody. */
export function changed(before: RoutingTakenState, after: RoutingTakenState): RoutingTakenState | null {
  const elsewhere = before.cluster !== after.cluster || before.namespace !== after.namespace || before.stage !== after.stage;
  if (elsewhere) return after;
  const versions = Object.fromEntries(Object.entries(after.versions).filter(([service, version]) => before.versions[service] !== version));
  return Object.keys(versions).length === 0 ? null : { ...after, versions };
}

/**
 * Waits until a Traefik leads by the routing that its cluster has.
 * @param readTraefik what the Traefik behind an API leads by; null where it does not answer
 * @returns what was seen, in words
 * @throws Error naming what Traefik has not taken
 */
export async function awaitRouting(
  client: Pick<ClusterClient, "list">,
  state: RoutingTakenState,
  readTraefik: (api: string) => Promise<RunningRouting | null>,
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

const labels = z._default(z.record(z.string(), z.string()), {});
const metadata = z.object({ name: z.string(), labels });
const slotSchema = z.object({ metadata, spec: slotSpecSchema });
const routeSchema = z.object({ metadata, spec: routeSpecSchema });

/** The routing of the services that are asked for, as the cluster has it; null while that does not answer. */
async function readCluster(client: Pick<ClusterClient, "list">, { namespace, stage, versions }: RoutingTakenState): Promise<AppliedRouting | null> {
  const services = Object.keys(versions);
  const narrowed = services.length > SELECTED ? "" : `,${SERVICE_LABEL} in (${services.join(",")})`;
  const selection = { namespace, labels: `${stageSelector(stage)}${narrowed}` };
  const isAsked = (object: z.output<typeof slotSchema> | z.output<typeof routeSchema>): boolean =>
    Object.hasOwn(versions, object.metadata.labels[SERVICE_LABEL] ?? "");
  try {
    const [slots, routes, slices] = await Promise.all([
      client.list({ apiVersion: TRAEFIK_API, kind: "TraefikService" }, selection, slotSchema),
      client.list({ apiVersion: TRAEFIK_API, kind: "IngressRoute" }, selection, routeSchema),
      client.list(ENDPOINT_SLICE, selection, sliceSchema),
    ]);
    return {
      slots: slots.filter(isAsked).map(({ metadata: { name }, spec }) => ({ name, children: spec.weighted.services })),
      routes: routes.filter(isAsked).map(({ metadata: { name }, spec }) => ({ name, rules: spec.routes.map(({ match }) => match) })),
      carrying: carryingIn(slices),
    };
  } catch (error) {
    if (isTransient(error)) return null;
    throw error;
  }
}

/** @throws Error when what answers is no API of Traefik */
export async function readTraefik(api: string): Promise<RunningRouting | null> {
  const [services, routers] = await Promise.all([
    readPages(api, "services", z.array(traefikServiceSchema)),
    readPages(api, "routers", z.array(traefikRouterSchema)),
  ]);
  return services === null || routers === null ? null : { services, routers };
}

async function readPages<T>(api: string, what: string, pageSchema: z.ZodMiniType<T[]>): Promise<T[] | null> {
  const all: T[] = [];
  for (let page = 1; ; page += 1) {
    const path = `/api/http/${what}?per_page=500&page=${page}`;
    const answer = await ask(api, { path });
    if (answer.status !== 200) return null;
    all.push(...readTraefikAnswer(`${api}${path}`, answer.body, `a list of ${what}`, (value) => pageSchema.parse(value)));
    if (String(answer.headers["x-next-page"] ?? "1") === "1") return all;
  }
}
