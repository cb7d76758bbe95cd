import type { RolloutPlan } from "../../plan/rollout-plan.ts";
import type { ServicesOfVariant } from "./services-of-variant.ts";
import type { Sides } from "./source.ts";

/** Traefik's services of the variants that people see, with a flag and without, of all services that read it. */
export function sidesOf(plan: RolloutPlan, flag: string, servicesOf: ServicesOfVariant): Sides {
  const withFlag: string[] = [];
  const without: string[] = [];
  for (const [name, service] of Object.entries(plan.services)) {
    if (!service.flags.includes(flag)) continue;
    for (const variant of service.variants.filter(({ role }) => role === "live")) {
      (variant.flags.includes(flag) ? withFlag : without).push(...servicesOf(name, variant.name));
    }
  }
  return { withFlag, without };
}
