import { FreezeFault, readGateFacts } from "../config/read-gate-facts.ts";
import { renderFaults } from "../model/fault.ts";
import { checkGates, type GateDecision } from "../plan/check-gates.ts";
import { OperationError } from "./errors.ts";
import { modelOf, type Project } from "./project.ts";
import { readRecordOrNull } from "./state-files.ts";

/**
 * Asks the gates of a stage what they say of a config, from the state of the stages, without the engine.
 * @throws OperationError when the config cannot be used
 */
export async function askGates(project: Project, stage: string, config: Readonly<Record<string, unknown>>, now: Date): Promise<GateDecision> {
  const { catalog, settings } = modelOf(project, stage, config);
  const previousStage = catalog.stages[catalog.stages.indexOf(stage) - 1];
  const records = {
    current: await readRecordOrNull(project, stage),
    previous: previousStage === undefined ? null : await readRecordOrNull(project, previousStage),
  };
  try {
    return checkGates(catalog, settings, await readGateFacts(project.root, catalog, settings, records, now));
  } catch (error) {
    if (error instanceof FreezeFault) throw new OperationError("config", renderFaults("The catalogue cannot be used", error.faults));
    throw error;
  }
}
