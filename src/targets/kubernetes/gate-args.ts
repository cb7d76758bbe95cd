import { resolve } from "node:path";
import type { KubernetesTarget } from "../../model/kubernetes-target.ts";
import { traefikInPrometheus } from "../../model/traefik-in-prometheus.ts";
import { canonicalJson, shortHash } from "../../plan/canonical.ts";
import { routeProbes } from "../../plan/route-probes.ts";
import { servicesOfVariants } from "../../traffic/metrics/services-of-variant.ts";
import { sidesOf } from "../../traffic/metrics/sides.ts";
import type { WaveGate } from "../../traffic/wave-gate.ts";
import type { TargetArgs } from "../target.ts";

export interface GateArgs extends WaveGate {
  readonly wave: number;
  readonly change: string;
  readonly clusters: readonly { readonly context: string; readonly kubeconfig: string | null }[];
  readonly namespace: string;
  readonly stage: string;
  readonly known: readonly string[];
}

/**
 * What the clusters of one wave have to show before the next changes.
 * @param wave its number
 * @param known subjects of the kills of which the update knows
 */
export function gateArgs(wave: number, { plan, target, catalog: { flags }, settings, root }: TargetArgs<KubernetesTarget>, known: readonly string[]): GateArgs {
  const { stage, prometheus } = settings;
  const { clusters, bake, services, existing, entryPoints, tlsSecret, namespace } = target;
  const given = { services, existing, entryPoints, tlsSecret, namespace };
  const members = Object.entries(clusters).filter(([, cluster]) => cluster.wave === wave);
  const edges = members.map(([name, { url, api }]) => ({ name, url, api }));
  const places = members.map(([, { context, kubeconfig }]) => ({ context, kubeconfig: kubeconfig === null ? null : resolve(root, kubeconfig) }));
  const servicesOf = servicesOfVariants(plan, target);
  const watches = Object.keys(plan.flags).flatMap((flag) => {
    const definition = flags[flag];
    const sides = sidesOf(plan, flag, servicesOf);
    if (definition === undefined || sides.withFlag.length === 0) return [];
    const { interval, minimumRequests, falseAlarmRate, metrics } = definition.watch;
    return [{ flag, sides, watch: { interval, minimumRequests, falseAlarmRate, metrics } }];
  });
  const change = shortHash(canonicalJson({ plan, given }));
  const traefik = traefikInPrometheus(settings);
  return { wave, change, clusters: places, namespace, stage, known, edges, probes: routeProbes(plan).probes, bake, watches, prometheus, traefik };
}
