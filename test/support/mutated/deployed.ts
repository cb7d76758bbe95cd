import type { Model } from "../../../src/config/parse.ts";
import { flagdDocument } from "../../../src/flagd/document.ts";
import { objectsOf } from "../../../src/kubernetes/objects.ts";
import { planFaults } from "../../../src/kubernetes/plan-faults.ts";
import type { Fault } from "../../../src/model/fault.ts";
import type { Target } from "../../../src/model/target.ts";
import { monitoringDocuments } from "../../../src/monitoring/documents.ts";
import { monitoringOfStage } from "../../../src/monitoring/of-stage.ts";
import { activeFreeze, freezeFaults } from "../../../src/plan/freeze.ts";
import { planRollout } from "../../../src/plan/plan.ts";
import type { RolloutPlan } from "../../../src/plan/rollout-plan.ts";
import { routeProbes } from "../../../src/plan/route-probes.ts";
import { stageOutputs } from "../../../src/plan/stage-outputs.ts";
import { balancerOf, workloadsOf as containersOf } from "../../../src/targets/docker/workload.ts";
import { workloadsOf as processesOf, workloadUrl } from "../../../src/targets/local/workload.ts";
import { type Endpoint, traefikDocument } from "../../../src/traefik/document.ts";
import type { TraefikDocument } from "../../../src/traefik/types.ts";

/** What the program makes of a model before it touches anything: faults that a target has, or a document. */
export type Deployed = { readonly faults: readonly Fault[] } | { readonly document: TraefikDocument; readonly objects: readonly string[] };

const NOW = new Date("2026-12-24T12:00:00Z");

/** Goes the way of `src/deploy.ts` up to the first resource. */
export function deployed({ catalog, settings }: Model): Deployed {
  const calendar = freezeFaults(catalog.freezes);
  if (calendar.length > 0) return { faults: calendar };
  activeFreeze(catalog.freezes, settings.stage, NOW);
  const plan = planRollout(catalog, settings);
  const { target, monitoring } = settings;
  const faults = target.kind === "kubernetes" ? planFaults(plan, target) : [];
  if (faults.length > 0) return { faults };
  flagdDocument(plan);
  routeProbes(plan);
  stageOutputs(plan, settings);
  if (monitoring !== null) monitoringDocuments(monitoringOfStage(catalog, plan, monitoring, target));
  const objects = target.kind === "kubernetes" ? objectsOf(plan, target).map(({ kind, name }) => `${kind} ${name}`) : [];
  return { document: traefikDocument(plan, endpointOf(plan, target)), objects };
}

function endpointOf(plan: RolloutPlan, target: Target): Endpoint {
  switch (target.kind) {
    case "local": {
      const workloads = processesOf(plan, target);
      return (service, variant) => workloadUrl(workloads, service, variant.name);
    }
    case "docker": {
      const workloads = containersOf(plan, target, "sluice-dev", "flagd");
      return (service, variant) => balancerOf(workloads, service, variant.name);
    }
    case "kubernetes":
      return () => "http://127.0.0.1:1";
    default:
      return target satisfies never;
  }
}
