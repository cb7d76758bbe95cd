import { bucketPort, PORT, traefikServiceName } from "../../kubernetes/names.ts";
import { workloadsOf } from "../../kubernetes/workloads.ts";
import type { KubernetesTarget } from "../../model/kubernetes-target.ts";
import type { Target } from "../../model/target.ts";
import type { RolloutPlan } from "../../plan/rollout-plan.ts";
import { variantService } from "../../traefik/names.ts";

/** What Traefik calls the services of a variant in its metrics, such as `voice-api--base@file`; several where several lead to it. */
export type ServicesOfVariant = (service: string, variant: string) => readonly string[];

/** The names of a stage's variants in Traefik's metrics. */
export function servicesOfVariants(plan: RolloutPlan, target: Target): ServicesOfVariant {
  switch (target.kind) {
    case "local":
    case "docker":
      return (service, variant) => [`${variantService(service, variant)}@file`];
    case "kubernetes":
      return clusterServices(plan, target);
    default:
      return target satisfies never;
  }
}

/** A variant's Service has a port for everyone, and one for the newcomers of each bucket. */
function clusterServices(plan: RolloutPlan, target: KubernetesTarget): ServicesOfVariant {
  const { leaves } = workloadsOf(plan, target);
  const ports = [PORT, ...plan.buckets.map(({ id }) => bucketPort(id))];
  return (service, variant) =>
    leaves
      .filter((leaf) => leaf.service === service && leaf.variant.name === variant)
      .flatMap(({ name }) => ports.map((port) => traefikServiceName(target.namespace, name, port)));
}
