import type { KubernetesTarget } from "../model/kubernetes-target.ts";
import type { RolloutPlan } from "../plan/rollout-plan.ts";
import { FLAGD, ONLY_FROM_TRAEFIK, SERVICE_ACCOUNT } from "./names.ts";
import { routingOf } from "./routing.ts";
import { hasBudget, workloadsOf } from "./workloads.ts";

/** An object by its kind and its name. */
export interface ObjectName {
  readonly kind: string;
  readonly name: string;
}

/** Everything that a plan makes in the stage's namespace of each cluster. */
export function objectsOf(plan: RolloutPlan, target: KubernetesTarget): ObjectName[] {
  const { workloads, leaves } = workloadsOf(plan, target);
  const { middlewares, slots, routes, testerRoutes } = routingOf(plan, target, leaves);
  const named = (kind: string, objects: readonly { readonly name: string }[]): ObjectName[] => objects.map(({ name }) => ({ kind, name }));
  return [
    { kind: "ConfigMap", name: FLAGD },
    ...(workloads.some(({ deployed }) => deployed.serviceAccount === null) ? [{ kind: "ServiceAccount", name: SERVICE_ACCOUNT }] : []),
    ...(workloads.length > 0 ? [{ kind: "NetworkPolicy", name: ONLY_FROM_TRAEFIK }] : []),
    ...named("ConfigMap", workloads),
    ...named("Deployment", workloads),
    ...named("PodDisruptionBudget", workloads.filter(hasBudget)),
    ...named(
      "HorizontalPodAutoscaler",
      workloads.filter(({ deployed }) => deployed.autoscaling !== null),
    ),
    ...named("Service", leaves),
    ...named("Middleware", middlewares),
    ...named("TraefikService", slots),
    ...named("IngressRoute", [...routes, ...testerRoutes]),
  ];
}
