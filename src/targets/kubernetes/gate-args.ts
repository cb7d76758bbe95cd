import type { Catalog } from "../../model/catalog.ts";
import type { KubernetesTarget } from "../../model/kubernetes-target.ts";
import type { StageSettings } from "../../model/settings.ts";
import { traefikInPrometheus } from "../../model/traefik-in-prometheus.ts";
import { canonicalJson, shortHash } from "../../plan/canonical.ts";
import type { RolloutPlan } from "../../plan/rollout-plan.ts";
import { routeProbes } from "../../plan/route-probes.ts";
import { servicesOfVariants } from "../../traffic/metrics/services-of-variant.ts";
import { sidesOf } from "../../traffic/metrics/sides.ts";
import type { WaveGate } from "../../traffic/wave-gate.ts";

export interface GateArgs extends WaveGate {
  readonly wave: number;
  readonly change: string;
}

/** What the clusters of one wave have to show before the next changes. @param wave its number */
export function gateArgs(
  wave: number,
  plan: RolloutPlan,
  target: KubernetesTarget,
  { flags }: Pick<Catalog, "flags">,
  settings: Pick<StageSettings, "stage" | "target" | "prometheus" | "monitoring">,
): GateArgs {
  const { clusters, bake, services, existing, entryPoints, tlsSecret, namespace } = target;
  const given = { services, existing, entryPoints, tlsSecret, namespace };
  const edges = Object.entries(clusters).flatMap(([name, { url, api, wave: own }]) => (own === wave ? [{ name, url, api }] : []));
  const servicesOf = servicesOfVariants(plan, target);
  const watches = Object.keys(plan.flags).flatMap((flag) => {
    const definition = flags[flag];
    const sides = sidesOf(plan, flag, servicesOf);
    if (definition === undefined || sides.withFlag.length === 0) return [];
    const { interval, minimumRequests, falseAlarmRate, metrics } = definition.watch;
    return [{ flag, sides, watch: { interval, minimumRequests, falseAlarmRate, metrics } }];
  });
  return {
    wave,
    change: shortHash(canonicalJson({ plan, given })),
    edges,
    probes: routeProbes(plan).probes,
    bake,
    watches,
    prometheus: settings.prometheus,
    traefik: traefikInPrometheus(settings),
  };
}
