import { z } from "zod/mini";
import { type ClusterClient, openCluster } from "../../../cluster/client.ts";
import { isTransient } from "../../../cluster/errors.ts";
import { deploymentSchema, describeUnready, judgeReadiness, podSchema, type Readiness } from "../../../kubernetes/readiness.ts";
import { formatDuration } from "../../../model/moment.ts";
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
  /** Name of the Deployment. */
  deployment: z.string(),
  /** Pods that must be ready. */
  least: z.number(),
  /** Stands for who is led there: when it changes, the pods are looked at anew. */
  led: z.string(),
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
  matters: ({ cluster, context, namespace, deployment, least, led }) => ({ cluster, context, namespace, deployment, least, led }),
  check: async (state, report, signal) => awaitPods(await openCluster(state), state, systemClock, report, signal),
});

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

async function lookAt(client: PodsClient, { namespace, deployment, least }: ReadyPodsState): Promise<Look> {
  try {
    const found = await client.get({ apiVersion: "apps/v1", kind: "Deployment", namespace, name: deployment }, deploymentSchema);
    const labels = Object.entries(found.spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`);
    const pods = await client.list({ apiVersion: "v1", kind: "Pod" }, { namespace, labels: labels.join(",") }, podSchema);
    return { readiness: judgeReadiness(found, pods, least), pods };
  } catch (error) {
    // An API server that is away or not well for a moment costs time, not the update.
    if (isTransient(error)) return { readiness: { kind: "unreachable", reason: error.message }, pods: [] };
    throw error;
  }
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
