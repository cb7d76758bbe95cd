import { settingOf } from "../model/settings.ts";
import { planChange, type SettingsChange } from "./change-settings.ts";
import { OperationError } from "./errors.ts";
import { partsOf } from "./flag-parts.ts";
import { modelOf, readProject, readStackFile, requireStage } from "./project.ts";
import { requireFlag } from "./require-flag.ts";

/**
 * Prepares to settle a flag in a stage: the variant without it need not stay warm any more.
 * @throws OperationError when it is not fully on there, its soak is not over, or it is settled already
 */
export async function planSettle(root: string, stage: string, flag: string, now: Date): Promise<SettingsChange> {
  const project = await readProject(root);
  requireStage(project, stage);
  requireFlag(project, flag);
  const stackFile = await readStackFile(project, stage);
  const { exposure, settled } = settingOf(modelOf(project, stage, stackFile.config).settings, flag);
  if (settled) throw new OperationError("refused", `${flag} is settled in ${stage} already.`);
  if (exposure < 100) {
    throw new OperationError(
      "refused",
      `${flag} is at ${exposure} per cent in ${stage}; only a flag that is fully on can be settled. First: npx sluice promote ${flag} --stage ${stage}`,
    );
  }
  const key = `${project.name}:flags`;
  const settle = (config: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    const setting = partsOf(config, project.name, flag).flags;
    const settled = { ...(typeof setting === "object" ? setting : {}), exposure: 100, settled: true };
    return { ...config, [key]: Object.fromEntries([...Object.entries(config[key] ?? {}), [flag, settled]]) };
  };
  return planChange(project, stage, stackFile, settle, now);
}
