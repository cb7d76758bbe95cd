import type { Fault } from "../model/fault.ts";
import type { KubernetesTarget } from "../model/kubernetes-target.ts";
import type { RolloutPlan } from "../plan/rollout-plan.ts";
import { workloadsOf } from "./workloads.ts";

/** Why a plan cannot run on a target: pods that nobody deploys, and a secret that would be written into a file. */
export function planFaults(plan: RolloutPlan, target: KubernetesTarget): Fault[] {
  const faults: Fault[] = workloadsOf(plan, target).missing.map(({ service, flags }) => ({
    path: `kubernetes.existing.${service}`,
    found: `lists no pods with ${flags.length === 0 ? "all flags off" : `${flags.join(", ")} on and the others off`}, which this change needs`,
    allowed: "an entry with these flags, whose pods are running",
    wayOut: null,
  }));
  if (target.output !== null && Object.values(plan.services).some(({ testers }) => testers !== null)) {
    faults.push({
      path: "kubernetes.output",
      found: "would have the tester secret in a file, in the clear",
      allowed: "rendered files without testers",
      wayOut: "set testers to false for every flag of this stage, or leave kubernetes.output out",
    });
  }
  return faults;
}
