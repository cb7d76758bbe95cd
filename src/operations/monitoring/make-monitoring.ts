import { join } from "node:path";
import { writeAtomically } from "../../files/write-atomically.ts";
import { STANDARD_MONITORING } from "../../model/settings.ts";
import { monitoringDocuments } from "../../monitoring/documents.ts";
import { type MonitoringFile, monitoringFiles } from "../../monitoring/files.ts";
import { monitoringOfStage } from "../../monitoring/of-stage.ts";
import { planRollout } from "../../plan/plan.ts";
import { modelOf, readProject, readStackFile, requireStage } from "../project.ts";

/**
 * The monitoring of a stage as its files say, also where the stage does not ask for any.
 * @throws OperationError when the stage's config cannot be used
 */
export async function makeMonitoring(root: string, stage: string): Promise<MonitoringFile[]> {
  const project = await readProject(root);
  requireStage(project, stage);
  const { catalog, settings } = modelOf(project, stage, (await readStackFile(project, stage)).config);
  const plan = planRollout(catalog, settings);
  return monitoringFiles(monitoringDocuments(monitoringOfStage(catalog, plan, settings.monitoring ?? STANDARD_MONITORING, settings.target)));
}

/** Writes the files below a folder, each in one step. */
export async function writeMonitoring(folder: string, files: readonly MonitoringFile[]): Promise<void> {
  for (const { path, content } of files) await writeAtomically(join(folder, path), content, 0o644);
}
