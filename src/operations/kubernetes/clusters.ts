import { resolve } from "node:path";
import { z } from "zod/mini";
import { type ClusterClient, openCluster } from "../../cluster/client.ts";
import { ClusterError, isProblem } from "../../cluster/errors.ts";
import { type Failure, OperationError } from "../errors.ts";
import type { KubernetesPlace } from "./place.ts";

/** The clusters of a stage, each opened when it is first needed. */
export interface Clusters {
  readonly names: readonly string[];
  /** @throws ClusterError; OperationError where it is not the cluster that the config names */
  open(name: string): Promise<ClusterClient>;
}

export function clustersOf(root: string, { clusters }: Pick<KubernetesPlace, "clusters">): Clusters {
  const opened = new Map<string, Promise<ClusterClient>>();
  return {
    names: Object.keys(clusters),
    open(name) {
      const known = opened.get(name);
      if (known !== undefined) return known;
      const place = clusters[name];
      if (place === undefined) throw new Error(`the stage has no cluster ${name}`);
      const kubeconfig = place.kubeconfig === null ? null : resolve(root, place.kubeconfig);
      const opening = openCluster({ kubeconfig, context: place.context }).then(async (client) => {
        if (place.id !== null) await requireIdentity(client, name, place.id);
        return client;
      });
      opened.set(name, opening);
      opening.catch(() => opened.delete(name));
      return opening;
    },
  };
}

/** A failure of a cluster as an operation ends with it. @param cluster its name in the config */
export function asOperationError(cluster: string, error: unknown): OperationError {
  if (error instanceof OperationError) return error;
  if (error instanceof ClusterError) return new OperationError(failureOf(error), `${cluster}: ${error.message}`);
  return new OperationError("engine", `${cluster}: ${error instanceof Error ? error.message : String(error)}`);
}

function failureOf({ problem }: ClusterError): Failure {
  switch (problem.kind) {
    case "kubeconfig":
    case "context-missing":
      return "config";
    case "kind-missing":
      return "missing";
    case "outdated":
      return "busy";
    case "unreachable":
    case "unauthorized":
    case "forbidden":
    case "not-found":
    case "exists":
    case "conflict":
    case "refused":
      return "engine";
    default:
      return problem satisfies never;
  }
}

const systemNamespace = z.object({ metadata: z.object({ uid: z.string() }) });

/** Whoever may not read the identity is not kept from a kill by it: `up` checks it too. */
async function requireIdentity(client: ClusterClient, name: string, id: string): Promise<void> {
  try {
    const { metadata } = await client.get({ apiVersion: "v1", kind: "Namespace", namespace: null, name: "kube-system" }, systemNamespace);
    if (metadata.uid === id) return;
    throw new OperationError(
      "config",
      `The context ${client.context} leads to another cluster than ${name}: its id is ${metadata.uid}, the config has ${id}. Name the right context in kubernetes.clusters.${name}.context.`,
    );
  } catch (error) {
    if (!isProblem(error, "forbidden")) throw error;
  }
}
