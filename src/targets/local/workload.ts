import { type LocalTarget, WORKLOAD_PORTS } from "../../model/target.ts";
import { canonicalJson, shortHash } from "../../plan/canonical.ts";
import type { RolloutPlan, ServicePlan } from "../../plan/rollout-plan.ts";
import { variantService } from "../../traefik/names.ts";

/** One process of a stage: its name, where it listens, and what its environment says. */
export interface Workload {
  readonly name: string;
  readonly service: string;
  /** Null where one workload serves all variants. */
  readonly variant: string | null;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

/** The processes that a plan needs: one for each variant, or one for a service with `header` delivery. */
export function workloadsOf(plan: RolloutPlan, local: LocalTarget): Workload[] {
  return Object.entries(plan.services).flatMap(([service, planned]) => {
    const first = local.workloadPorts[service] ?? 0;
    if (planned.delivery === "env") return variantWorkloads(service, planned, first);
    return [{ name: service, service, variant: null, port: first, env: { PORT: String(first), SLUICE_SERVICE: service } }];
  });
}

/**
 * A workload's port follows from its flags, and its name from its whole environment, the port among it. So one whose
 * environment changes is another one: it starts beside the old, takes over, and only then does the old one end.
 */
function variantWorkloads(service: string, planned: ServicePlan, first: number): Workload[] {
  const taken = new Set<number>();
  return planned.variants.map((variant) => {
    const flags = Object.fromEntries(planned.flags.map((flag) => [flag, String(variant.flags.includes(flag))]));
    const env = { ...flags, SLUICE_SERVICE: service, SLUICE_VARIANT: variant.name };
    let offset = Number.parseInt(shortHash(canonicalJson(env)), 16) % WORKLOAD_PORTS;
    while (taken.has(offset)) offset = (offset + 1) % WORKLOAD_PORTS;
    taken.add(offset);
    const port = first + offset;
    const whole = { ...env, PORT: String(port) };
    return { name: `${variantService(service, variant.name)}-${shortHash(canonicalJson(whole))}`, service, variant: variant.name, port, env: whole };
  });
}

/** Where a workload listens. */
export function urlOf(workload: Workload): string {
  return `http://127.0.0.1:${workload.port}`;
}

/** Where the workload of a variant listens. @throws Error when there is none, which is a fault of the plan */
export function workloadUrl(workloads: readonly Workload[], service: string, variant: string): string {
  const found = workloads.find((workload) => workload.service === service && (workload.variant === null || workload.variant === variant));
  if (found === undefined) throw new Error(`no workload for variant ${variant} of ${service}`);
  return urlOf(found);
}

/** The workload's environment as an env file, one `NAME=value` a line, sorted. */
export function envFile(workload: Workload): string {
  const lines = Object.entries(workload.env).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${lines.map(([name, value]) => `${name}=${value}`).join("\n")}\n`;
}
