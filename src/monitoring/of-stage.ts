import type { Catalog } from "../model/catalog.ts";
import type { MonitoringSettings } from "../model/settings.ts";
import type { Target } from "../model/target.ts";
import type { RolloutPlan } from "../plan/rollout-plan.ts";
import { fileServices, kubernetesServices, type MonitoringInput } from "./input.ts";
import { STANDARD_TIMING } from "./timing.ts";

/** What the monitoring of a stage follows from. On Kubernetes a ServiceMonitor scrapes Traefik, elsewhere we name its address. */
export function monitoringOfStage(catalog: Catalog, plan: RolloutPlan, settings: MonitoringSettings, target: Target): MonitoringInput {
  const input = { catalog, plan, settings, timing: STANDARD_TIMING };
  switch (target.kind) {
    case "local":
      return { ...input, traefikServices: fileServices, traefik: `http://127.0.0.1:${target.adminPort}` };
    case "docker":
      return { ...input, traefikServices: fileServices, traefik: target.api };
    case "kubernetes":
      return { ...input, traefikServices: kubernetesServices(target.namespace), traefik: null };
    default:
      return target satisfies never;
  }
}
