import { z } from "zod";
import type { Fault } from "../model/fault.ts";
import type { Cluster, KubernetesTarget } from "../model/kubernetes-target.ts";

/** Where a stage runs by its state, under one key of `kubernetes.clusters`. */
export interface Place {
  readonly key: string;
  /** As the state has them, as far as they are known. */
  readonly context: string | null;
  readonly kubeconfig: string | null;
  readonly id: string | null;
  /** Whether files are rendered there, and no cluster is changed. */
  readonly rendered: boolean;
}

const PROVIDER = "sluice:kubernetes:Cluster$pulumi:providers:kubernetes::";
const text = z.string().nullable().catch(null);
const provider = z.object({ context: text, kubeconfig: text, clusterIdentifier: text, renderYamlToDirectory: text });

/**
 * Finds the places among a stack's resources: its providers, which the state has from the first object on and until the last
 * is gone, also where an update has failed half-way.
 * @param resources URN and outputs of each
 */
export function findPlaces(resources: Iterable<readonly [urn: string, outputs: unknown]>): Place[] {
  return [...resources].flatMap(([urn, outputs]) => {
    const start = urn.indexOf(PROVIDER);
    const found = provider.safeParse(outputs);
    if (start < 0 || !found.success) return [];
    const { context, kubeconfig, clusterIdentifier, renderYamlToDirectory } = found.data;
    return [{ key: urn.slice(start + PROVIDER.length), context, kubeconfig, id: clusterIdentifier, rendered: renderYamlToDirectory !== null }];
  });
}

/**
 * Why a stage cannot go from its places to where its config has it: the engine would make every object anew, and then delete
 * those of the state, which have the same names in the same cluster. Empty where it can.
 * @param toPlugin a kubeconfig's path as the state has it
 */
export function movedFaults(stage: string, places: readonly Place[], target: KubernetesTarget, toPlugin: (path: string) => string): Fault[] {
  const live = places.filter(({ rendered }) => !rendered);
  if (target.output !== null) return live.length === 0 ? [] : [renderedFault(stage, target.output, live)];
  return Object.entries(target.clusters).flatMap(([key, cluster]) => {
    const known = live.filter((place) => isSame(place, cluster, toPlugin, Object.hasOwn(target.clusters, place.key)));
    const [before] = known;
    return before === undefined || known.some((place) => place.key === key) ? [] : [renamedFault(stage, key, before)];
  });
}

/** @param stays whether the config still has the place's key; where it has not, a context of the same name is taken for the same whatever its kubeconfig */
function isSame({ context, kubeconfig, id }: Place, cluster: Cluster, toPlugin: (path: string) => string, stays: boolean): boolean {
  if (id !== null && cluster.id !== null) return id === cluster.id;
  const file = cluster.kubeconfig === null ? null : toPlugin(cluster.kubeconfig);
  return context === cluster.context && (!stays || kubeconfig === file);
}

function renamedFault(stage: string, key: string, { key: before, id }: Place): Fault {
  const another = `if it is another cluster, declare the id of both: first kubernetes.clusters.${before}.id, with an update, then this one's`;
  return {
    path: `kubernetes.clusters.${key}`,
    found: `is the cluster in which ${stage} runs as ${before}: under another key everything there would be made anew, and then deleted with what bears the old key`,
    allowed: `the key ${before}, for as long as ${stage} runs there`,
    wayOut: `call it ${before} again in Pulumi.${stage}.yaml; or, where visitors can be without ${stage} meanwhile: npx pulumi destroy --stack ${stage}, then npx pulumi up --stack ${stage}${id === null ? `; ${another}` : ""}`,
  };
}

function renderedFault(stage: string, output: string, live: readonly Place[]): Fault {
  const keys = live.map(({ key }) => key).sort();
  return {
    path: "kubernetes.output",
    found: `is ${output}, but ${stage} runs in ${keys.join(", ")}: everything there would be deleted once the files are written`,
    allowed: `no output, for as long as ${stage} runs there`,
    wayOut: `npx pulumi config rm --stack ${stage} --path kubernetes.output, and render in a stage of its own; or, where visitors can be without ${stage} meanwhile: npx pulumi destroy --stack ${stage}, then npx pulumi up --stack ${stage}`,
  };
}
