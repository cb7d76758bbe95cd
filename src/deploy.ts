import { parseConfig } from "./config/parse.ts";
import { readConfig } from "./config/read-config.ts";
import { FreezeFault, readGateFacts } from "./config/read-gate-facts.ts";
import { readRecord } from "./config/read-record.ts";
import type { Catalog } from "./model/catalog.ts";
import { renderFaults } from "./model/fault.ts";
import type { StageSettings } from "./model/settings.ts";
import type { MonitoringDocuments } from "./monitoring/documents.ts";
import { checkGates, neighbours } from "./plan/check-gates.ts";
import { planRollout } from "./plan/plan.ts";
import type { RolloutPlan } from "./plan/rollout-plan.ts";
import { type StageOutputs, stageOutputs } from "./plan/stage-outputs.ts";
import { stageRecord } from "./plan/stage-record.ts";
import * as pulumi from "./pulumi.ts";
import { LocalStage } from "./targets/local/local-stage.ts";

/**
 * The program of a stage: reads its config, asks the gates, plans, and deploys.
 * @returns what the stage shows to people, once it is live
 * @throws RunError with every fault of the config, or every refusal of a gate; nothing is deployed then
 */
export async function deploy(): Promise<pulumi.Output<StageOutputs>> {
  const { raw, testerSecret } = readConfig();
  const parsed = parseConfig(raw);
  if (!parsed.ok) throw new pulumi.RunError(renderFaults("The config cannot be used", parsed.faults));
  const { catalog, settings } = parsed.model;
  const root = pulumi.getRootDirectory();

  const asked = neighbours(catalog, settings);
  const read = async (stage: string | null) => (stage === null ? null : readRecord(stage));
  const [current, previous] = await Promise.all([read(asked.current), read(asked.previous)]);
  const facts = await readGateFacts(root, catalog, settings, { current, previous }, new Date()).catch((error: unknown) => {
    throw error instanceof FreezeFault ? new pulumi.RunError(renderFaults("The config cannot be used", error.faults)) : error;
  });
  const gates = checkGates(catalog, settings, facts);
  if (gates.refusals.length > 0) throw new pulumi.RunError(renderFaults("The gates refuse this", gates.refusals));
  for (const { flag, refusal, reason } of gates.overridden) await pulumi.warn(`${flag}: ${refusal}; overridden: ${reason}`);

  const plan = planRollout(catalog, settings);
  const monitoring = await monitoringOf(catalog, plan, settings);
  const deployed = new LocalStage(settings.stage, { plan, settings, record: stageRecord(plan, settings), monitoring, testerSecret, root });
  return deployed.live.apply(() => stageOutputs(plan, settings));
}

/** Loaded where it is asked for only: what builds dashboards takes a fifth of a second. */
async function monitoringOf(catalog: Catalog, plan: RolloutPlan, { monitoring, local }: StageSettings): Promise<MonitoringDocuments | null> {
  if (monitoring === null) return null;
  const [{ monitoringDocuments }, { monitoringOfLocal }] = await Promise.all([import("./monitoring/documents.ts"), import("./monitoring/of-stage.ts")]);
  return monitoringDocuments(monitoringOfLocal(catalog, plan, monitoring, local));
}
