import type { Target } from "../../model/target.ts";
import type { RolloutPlan } from "../../plan/rollout-plan.ts";
import { variantService } from "../../traefik/names.ts";

/** What Traefik calls the services of a variant in its metrics, such as `voice-api--base@file`; several where several lead to it. */
export type ServicesOfVariant = (service: string, variant: string) => readonly string[];

/** The names of a stage's variants in Traefik's metrics. */
export function servicesOfVariants(_plan: RolloutPlan, target: Target): ServicesOfVariant {
  switch (target.kind) {
    case "local":
    case "docker":
      return (service, variant) => [`${variantService(service, variant)}@file`];
    case "kubernetes":
      throw new Error("the Kubernetes target is not there yet");
    default:
      return target satisfies never;
  }
}
