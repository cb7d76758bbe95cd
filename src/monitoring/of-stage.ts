import type { Catalog } from "../model/catalog.ts";
import { adminUrl, type MonitoringSettings, type StageSettings } from "../model/settings.ts";
import type { RolloutPlan } from "../plan/rollout-plan.ts";
import { fileServices, type MonitoringInput } from "./input.ts";
import { STANDARD_TIMING } from "./timing.ts";

/** What the monitoring of a local stage follows from: its Traefik reads a file, and shows its metrics on its admin port. */
export function monitoringOfLocal(
  catalog: Catalog,
  plan: RolloutPlan,
  settings: MonitoringSettings,
  local: Pick<StageSettings["local"], "adminPort">,
): MonitoringInput {
  return { catalog, plan, settings, traefikServices: fileServices, traefik: new URL(adminUrl(local)).host, timing: STANDARD_TIMING };
}
