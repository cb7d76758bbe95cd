import type { LocalSettings } from "../../model/settings.ts";
import type { RolloutPlan, ServicePlan, Variant } from "../../plan/rollout-plan.ts";
import { variantService } from "../../traefik/names.ts";

/** One process of a stage: its name, where it listens, and what its environment says. */
export interface Workload {
  readonly name: string;
  readonly service: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The port of a variant: the service's first port plus one bit for each of its flags, so that a
 * variant keeps its port whatever else changes.
 */
export function variantPort(first: number, service: Pick<ServicePlan, "delivery" | "flags">, on: readonly string[]): number {
  if (service.delivery === "header") return first;
  return first + service.flags.reduce((sum, flag, bit) => sum + (on.includes(flag) ? 2 ** bit : 0), 0);
}

/** The address at which a service's variant listens. */
export function variantUrl(local: LocalSettings, name: string, service: ServicePlan, variant: Variant): string {
  return `http://127.0.0.1:${variantPort(local.workloadPorts[name] ?? 0, service, variant.flags)}`;
}

/** The processes that a plan needs: one for each variant, or one for a service with `header` delivery. */
export function workloadsOf(plan: RolloutPlan, local: LocalSettings): Workload[] {
  return Object.entries(plan.services).flatMap(([service, planned]) => {
    const first = local.workloadPorts[service] ?? 0;
    if (planned.delivery === "header") {
      return [{ name: service, service, port: first, env: { PORT: String(first), SLUICE_SERVICE: service } }];
    }
    return planned.variants.map((variant) => {
      const port = variantPort(first, planned, variant.flags);
      const flags = Object.fromEntries(planned.flags.map((flag) => [flag, String(variant.flags.includes(flag))]));
      const env = { ...flags, PORT: String(port), SLUICE_SERVICE: service, SLUICE_VARIANT: variant.name };
      return { name: variantService(service, variant.name), service, port, env };
    });
  });
}

/** The workload's environment as an env file, one `NAME=value` a line, sorted. */
export function envFile(workload: Workload): string {
  const lines = Object.entries(workload.env).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${lines.map(([name, value]) => `${name}=${value}`).join("\n")}\n`;
}
