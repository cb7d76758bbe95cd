import { resolve } from "node:path";
import { type ClusterClient, openCluster } from "../cluster/client.ts";
import { ClusterError } from "../cluster/errors.ts";
import type { StandingKill } from "../files/standing-kills.ts";
import type { ObjectName } from "../kubernetes/objects.ts";
import type { Fault } from "../model/fault.ts";
import type { Cluster, KubernetesTarget } from "../model/kubernetes-target.ts";
import { clusterFaults } from "./judge.ts";
import { observe } from "./observe.ts";

/** What the clusters of a stage have said. */
export interface Asked {
  /** Kills that stand in any of the clusters, each once. */
  readonly standingKills: readonly StandingKill[];
  /** By name in the config; without those that cannot be asked. */
  readonly clients: ReadonlyMap<string, ClusterClient>;
  /** Why a plan cannot be deployed, in all clusters at once; empty when it can. @param objects everything that the plan makes in each cluster */
  faults(objects: readonly ObjectName[]): readonly Fault[];
}

/**
 * Asks every cluster of a stage whether an update can succeed there, before anything is changed anywhere. Never throws.
 * @param root the project's folder, absolute
 * @param monitored whether the stage has monitoring
 */
export async function askClusters(stage: string, target: KubernetesTarget, root: string, monitored: boolean): Promise<Asked> {
  const asked = await Promise.all(Object.entries(target.clusters).map(([name, cluster]) => askCluster(stage, target, root, name, cluster, monitored)));
  const kills = new Map(asked.flatMap(({ standingKills }) => standingKills.map((kill) => [kill.subject, kill] as const)));
  const clients = new Map(asked.flatMap((one) => [...one.clients]));
  return { standingKills: [...kills.values()], clients, faults: (objects) => withoutRepeats(asked.flatMap((one) => one.faults(objects))) };
}

async function askCluster(
  stage: string,
  target: KubernetesTarget,
  root: string,
  name: string,
  { kubeconfig, context, id }: Cluster,
  monitored: boolean,
): Promise<Asked> {
  const { namespace, traefik } = target;
  const definitions = traefik.chartVersion === null;
  try {
    const client = await openCluster({ kubeconfig: kubeconfig === null ? null : resolve(root, kubeconfig), context });
    const found = await observe(client, { stage, namespace, identified: id !== null, definitions, monitored });
    const wanted = { cluster: name, context, server: client.server, stage, namespace, id, definitions, monitored };
    return { standingKills: found.kills, clients: new Map([[name, client]]), faults: (objects) => clusterFaults({ ...wanted, objects }, found) };
  } catch (error) {
    const fault = failureFault(stage, name, context, error);
    return { standingKills: [], clients: new Map(), faults: () => [fault] };
  }
}

function failureFault(stage: string, name: string, context: string, error: unknown): Fault {
  const path = `kubernetes.clusters.${name}`;
  const found = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
  if (!(error instanceof ClusterError)) return { path, found, allowed: "a cluster that can be asked", wayOut: null };
  const { problem } = error;
  switch (problem.kind) {
    case "kubeconfig":
      return {
        path: `${path}.kubeconfig`,
        found,
        allowed: "a kubeconfig that can be used",
        wayOut: `npx pulumi config set --stack ${stage} --path ${path}.kubeconfig <file>`,
      };
    case "context-missing":
      return {
        path: `${path}.context`,
        found,
        allowed: problem.known.length === 0 ? "a context of the kubeconfig" : problem.known.join(", "),
        wayOut: `npx pulumi config set --stack ${stage} --path ${path}.context ${problem.known[0] ?? "<context>"}`,
      };
    case "unreachable":
      return { path, found, allowed: "a cluster that answers", wayOut: `see what is in the way: kubectl --context ${context} cluster-info` };
    case "unauthorized":
      return {
        path: `${path}.context`,
        found,
        allowed: "credentials that the cluster accepts",
        wayOut: `kubectl --context ${context} auth whoami says when it works again`,
      };
    case "forbidden":
    case "not-found":
    case "kind-missing":
    case "exists":
    case "outdated":
    case "conflict":
    case "refused":
      return { path, found, allowed: "a cluster that answers what is asked", wayOut: null };
    default:
      return problem satisfies never;
  }
}

/** The same fault of several clusters, such as of one that they share, is told once. */
function withoutRepeats(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}
