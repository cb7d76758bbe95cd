import type { DeployedService, KubernetesTarget } from "../model/kubernetes-target.ts";
import { canonicalJson, shortHash } from "../plan/canonical.ts";
import type { Cohort, RolloutPlan, ServicePlan, Variant } from "../plan/rollout-plan.ts";
import { WORKLOAD_LABEL } from "./labels.ts";
import { hashedName } from "./names.ts";

/** Pods that Sluice makes: a variant under `env` delivery, or a whole service under `header` delivery. */
export interface Workload {
  /** Of the Deployment and its ConfigMap; follows from all that the pods are made from, so that a change is another workload beside it. */
  readonly name: string;
  readonly service: string;
  /** Null where the same pods serve every variant. */
  readonly variant: string | null;
  readonly deployed: DeployedService;
  readonly env: Readonly<Record<string, string>>;
  /** Pods that must be ready before visitors are led here, and as long as they are. */
  readonly leastPods: number;
  /** Who is led here: `bucket 3`, `testers`, and `way back` where others' visitors may come. Empty where the same pods serve every variant. */
  readonly led: readonly string[];
}

/** Where a variant's requests go: the Service that Sluice makes for it. */
export interface Leaf {
  readonly name: string;
  readonly service: string;
  readonly variant: Variant;
  readonly selector: Readonly<Record<string, string>>;
  readonly targetPort: number;
  /** The workload behind it; null where others deploy. */
  readonly workload: string | null;
}

export interface Workloads {
  readonly workloads: readonly Workload[];
  readonly leaves: readonly Leaf[];
  /** Variants of which nobody deploys the pods, as `service: flags`. */
  readonly missing: readonly { readonly service: string; readonly flags: readonly string[] }[];
}

/** The pods and Services that a plan needs on a target. */
export function workloadsOf(plan: RolloutPlan, target: Pick<KubernetesTarget, "services" | "existing">): Workloads {
  const workloads: Workload[] = [];
  const leaves: Leaf[] = [];
  const missing: { service: string; flags: readonly string[] }[] = [];
  for (const [service, planned] of Object.entries(plan.services)) {
    const deployed = target.services[service];
    if (deployed !== undefined) {
      const made =
        planned.delivery === "env" ? planned.variants.map((variant) => ofVariant(service, planned, variant, deployed)) : [ofService(service, deployed)];
      workloads.push(...made);
      for (const variant of planned.variants) {
        const workload = made.find((one) => one.variant === null || one.variant === variant.name);
        if (workload !== undefined) leaves.push(leafOf(plan, service, variant, { [WORKLOAD_LABEL]: workload.name }, deployed.port, workload.name));
      }
      continue;
    }
    const existing = target.existing[service] ?? [];
    for (const variant of planned.variants) {
      const found = planned.delivery === "header" ? existing[0] : existing.find(({ flags }) => canonicalJson(flags) === canonicalJson(variant.flags));
      if (found === undefined) missing.push({ service, flags: variant.flags });
      else leaves.push(leafOf(plan, service, variant, found.selector, found.port, null));
    }
  }
  return { workloads, leaves, missing };
}

/** Whether a PodDisruptionBudget keeps some pods of a workload: where there may be more than one. */
export function hasBudget({ deployed }: Workload): boolean {
  return deployed.replicas > 1 || deployed.autoscaling !== null;
}

/** The leaf of a variant. @throws Error when there is none, which is a fault of the plan */
export function leafIn(leaves: readonly Leaf[], service: string, variant: string): Leaf {
  const found = leaves.find((leaf) => leaf.service === service && leaf.variant.name === variant);
  if (found === undefined) throw new Error(`no Service for variant ${variant} of ${service}`);
  return found;
}

/** Its name follows from all that it is made from, its ports for each bucket among it: slots may lead to a port until they lead elsewhere. */
function leafOf(
  { buckets }: RolloutPlan,
  service: string,
  variant: Variant,
  selector: Readonly<Record<string, string>>,
  targetPort: number,
  workload: string | null,
): Leaf {
  const hash = shortHash(canonicalJson([service, variant.name, selector, targetPort, buckets.map(({ id }) => id)]));
  return { name: hashedName(`${service}--${variant.name}`, hash), service, variant, selector, targetPort, workload };
}

function ofVariant(service: string, planned: ServicePlan, variant: Variant, deployed: DeployedService): Workload {
  const flags = Object.fromEntries(planned.flags.map((flag) => [flag, String(variant.flags.includes(flag))]));
  const env = { ...deployed.env, ...flags, PORT: String(deployed.port), SLUICE_SERVICE: service, SLUICE_VARIANT: variant.name };
  const named = workloadOf(`${service}--${variant.name}`, deployed, env);
  return { ...named, service, variant: variant.name, leastPods: leastPods(planned, variant, deployed), led: ledTo(planned, variant) };
}

function ofService(service: string, deployed: DeployedService): Workload {
  const env = { ...deployed.env, PORT: String(deployed.port), SLUICE_SERVICE: service };
  return { ...workloadOf(service, deployed, env), service, variant: null, leastPods: deployed.replicas, led: [] };
}

function workloadOf(readable: string, deployed: DeployedService, env: Readonly<Record<string, string>>): Pick<Workload, "name" | "deployed" | "env"> {
  // How many there are is no part of what they are, but who decides it is: a Deployment that is handed to an autoscaler
  // falls to one pod until that looks, and one that is handed back keeps what the autoscaler said last.
  const pod = { ...deployed, replicas: null, autoscaling: deployed.autoscaling === null ? null : true };
  return { name: hashedName(readable, shortHash(canonicalJson({ pod, env }))), deployed, env };
}

/**
 * How many pods a variant must have. Without autoscaling every variant can carry all visitors. With it, a variant
 * that others' visitors may come back to has as many as it may ever have, and any other enough for its share.
 */
function leastPods(planned: ServicePlan, variant: Variant, { replicas, autoscaling }: DeployedService): number {
  if (autoscaling === null) return replicas;
  if (isWayBack(planned, variant)) return autoscaling.maxReplicas;
  const share = cohortsOf(planned, variant).reduce((sum, { weight }) => sum + weight, 0);
  return Math.max(replicas, Math.ceil((autoscaling.maxReplicas * share) / 100));
}

function ledTo(planned: ServicePlan, variant: Variant): string[] {
  const buckets = cohortsOf(planned, variant).flatMap((cohort) => cohort.buckets.map((bucket) => `bucket ${bucket}`));
  return [...buckets, ...(planned.testers === variant.name ? ["testers"] : []), ...(isWayBack(planned, variant) ? ["way back"] : [])];
}

function cohortsOf({ cohorts }: ServicePlan, { name }: Variant): Cohort[] {
  return cohorts.filter((cohort) => cohort.variant === name);
}

/** Whether visitors of another variant come to this one when a flag of theirs is withdrawn. */
function isWayBack({ variants }: ServicePlan, variant: Variant): boolean {
  return variants.some((other) => other.role === "live" && other.name !== variant.name && takesOver(variant, other));
}

/** Whether a variant has flags of the other one and none besides, so that it can take its visitors. */
export function takesOver(variant: Variant, other: Variant): boolean {
  return variant.flags.every((flag) => other.flags.includes(flag));
}
