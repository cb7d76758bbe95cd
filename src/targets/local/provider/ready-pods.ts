import { z } from "zod/mini";
import { type ClusterClient, openCluster } from "../../../cluster/client.ts";
import { isTransient } from "../../../cluster/errors.ts";
import { carryingIn, ENDPOINT_SLICE, SERVICE_NAME, serviceOf, sliceSchema } from "../../../kubernetes/endpoints.ts";
import { deploymentSchema, describeUnready, judgeReadiness, podSchema, type Readiness } from "../../../kubernetes/readiness.ts";
import { formatDuration } from "../../../model/moment.ts";
import { type Clock, systemClock } from "../../../net/clock.ts";
import { provideCheck } from "./check-kind.ts";
import type { Report } from "./engine-log.ts";

const schema = z.object({
  /** Name of the cluster in the config. */
  cluster: z.string(),
  context: z.string(),
  /** Path of the kubeconfig, from the program's folder; null for the usual one. */
  kubeconfig: z._default(z.nullable(z.string()), null),
  namespace: z.string(),
  /** Name of the Deployment. */
  deployment: z.string(),
  /** Pods that must be ready. */
  least: z.number(),
  /** Who is led there: when others are as well, the pods are looked at anew. */
  led: z.array(z.string()),
  /** Names of the Services that lead there. */
  services: z.array(z.string()),
  /** How long it is waited for them, in milliseconds. */
  limit: z.number(),
});

export type ReadyPodsState = z.output<typeof schema>;

/** What of a cluster is asked for. */
export type PodsClient = Pick<ClusterClient, "get" | "list" | "logs">;

/** How long what cannot be cured by waiting must last, in milliseconds: an API server may be late to know. */
const PATIENCE = 5_000;
/** Between two looks, in milliseconds. */
const PAUSE = 250;
const LOG_LINES = 5;

/** The pods of a Deployment, as many as must be ready before visitors are led there. */
export const readyPods = provideCheck({
  schema,
  idOf: ({ cluster, namespace, deployment }) => `${cluster}/${namespace}/${deployment}`,
  matters: ({ cluster, context, namespace, deployment, least, led, services }) => ({ cluster, context, namespace, deployment, least, led, services }),
  changed,
  check: async (state, report, signal) => awaitPods(await openCluster(state), state, systemClock, report, signal),
});

/**
 * What a change asks of the pods: to be ready where others are led to them, or more of them are needed by whom they
 * have. Where they only lose visitors they may be what is left because it fails, and nothing waits for them.
 */
export function changed(before: ReadyPodsState, after: ReadyPodsState): ReadyPodsState | null {
  const elsewhere = before.context !== after.context || before.deployment !== after.deployment;
  const gains = after.led.some((one) => !before.led.includes(one));
  const grows = after.least > before.least && before.led.every((one) => after.led.includes(one));
  if (elsewhere || gains || grows) return after;
  const services = after.services.filter((one) => !before.services.includes(one));
  return services.length === 0 ? null : { ...after, least: 0, services };
}

/**
 * Waits until a Deployment has enough ready pods, autoscaled or not.
 * @returns how many there are, in words
 * @throws Error with the reason why it will not, and the last lines of its log where there are any
 */
export async function awaitPods(client: PodsClient, state: ReadyPodsState, clock: Clock, report: Report, signal: AbortSignal): Promise<string> {
  const begun = clock.now().getTime();
  let failingSince: number | null = null;
  for (;;) {
    const look = await lookAt(client, state);
    const now = clock.now().getTime();
    const { readiness } = look;
    const late = now - begun >= state.limit;
    if (readiness.kind === "unreachable") {
      report(readiness.reason);
      if (late) throw new Error(unreachable(state, readiness.reason));
    }
    if (readiness.kind === "ready") {
      const seen = `${readiness.pods} pods are ready`;
      report(seen);
      return seen;
    }
    if (readiness.kind === "failing") {
      failingSince ??= now;
      report(readiness.reason);
      if (now - failingSince >= PATIENCE) throw await failure(client, state, readiness.reason, readiness.wayOut, readiness.logsOf);
    }
    if (readiness.kind === "waiting") {
      failingSince = null;
      report(readiness.detail);
    }
    if (signal.aborted) throw new Error(`${state.deployment} of cluster ${state.cluster} was waited for until someone asked to stop; no visitor is led there.`);
    if (late) {
      const { reason, logsOf } = describeUnready(look.pods);
      const detail = readiness.kind === "waiting" ? readiness.detail : readiness.reason;
      const wayOut = "See why, and run it again; kubernetes.readyWithin of the stage says how long is waited.";
      throw await failure(client, state, `${detail} after ${formatDuration(state.limit)}: ${reason}`, wayOut, logsOf);
    }
    await clock.wait(PAUSE, signal);
  }
}

interface Look {
  readonly readiness: Readiness | { readonly kind: "unreachable"; readonly reason: string };
  readonly pods: readonly z.output<typeof podSchema>[];
}

async function lookAt(client: PodsClient, state: ReadyPodsState): Promise<Look> {
  const { namespace, deployment, least } = state;
  try {
    const found = await client.get({ apiVersion: "apps/v1", kind: "Deployment", namespace, name: deployment }, deploymentSchema);
    const labels = Object.entries(found.spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`);
    const [pods, unknown] = await Promise.all([
      client.list({ apiVersion: "v1", kind: "Pod" }, { namespace, labels: labels.join(",") }, podSchema),
      unknownServices(client, state),
    ]);
    const readiness = judgeReadiness(found, pods, least);
    if (readiness.kind !== "ready" || unknown.length === 0) return { readiness, pods };
    return { readiness: { kind: "waiting", detail: `the cluster has not found the pods of Service ${unknown.join(", ")} yet` }, pods };
  } catch (error) {
    // An API server that is away or not well for a moment costs time, not the update.
    if (isTransient(error)) return { readiness: { kind: "unreachable", reason: error.message }, pods: [] };
    throw error;
  }
}

/** Services behind which the cluster has not found the pods yet, of which it learns a moment later; and where some must be ready, a ready one. */
async function unknownServices(client: PodsClient, { namespace, services, least }: ReadyPodsState): Promise<string[]> {
  if (services.length === 0) return [];
  const slices = await client.list(ENDPOINT_SLICE, { namespace, labels: `${SERVICE_NAME} in (${services.join(",")})` }, sliceSchema);
  const known = least > 0 ? carryingIn(slices) : new Set(slices.map(serviceOf));
  return services.filter((service) => !known.has(service));
}

function unreachable({ cluster, deployment, limit }: ReadyPodsState, reason: string): string {
  return [
    `The cluster ${cluster} stopped answering while ${deployment} was waited for, and did not come back within ${formatDuration(limit)}: ${reason}`,
    "  No visitor was led to it; Traefik leads by what it has read. Once the cluster answers, run pulumi up again.",
  ].join("\n");
}

async function failure(client: PodsClient, state: ReadyPodsState, reason: string, wayOut: string, logsOf: string | null): Promise<Error> {
  const { cluster, namespace, deployment, context } = state;
  const log = logsOf === null ? "" : await client.logs(namespace, logsOf, LOG_LINES).catch(() => "");
  const said =
    log.trim() === ""
      ? []
      : [
          `  its last words:`,
          ...log
            .trim()
            .split("\n")
            .map((line) => `    ${line.slice(0, 300)}`),
        ];
  return new Error(
    [
      `${deployment} of cluster ${cluster} cannot take visitors: ${reason}`,
      ...said,
      `  ${wayOut} More is said by: kubectl --context ${context} --namespace ${namespace} describe pods --selector sluice/workload=${deployment}`,
      "  No visitor was led to it; what served before goes on serving.",
    ].join("\n"),
  );
}
