import { describeEffects } from "../plan/effects.ts";
import { askGates } from "./ask-gates.ts";
import { engineOf } from "./engine.ts";
import { OperationError } from "./errors.ts";
import { lastApplied, numberOf, readHistory } from "./history.ts";
import { modelOf, type Project, type StackFile } from "./project.ts";
import { replacingStackFile } from "./stack-file.ts";
import { holdingStage, recoverStack } from "./stage-lock.ts";

/** A change of a stage's own config that is ready to be applied; nothing has been touched. */
export interface SettingsChange {
  readonly project: Project;
  readonly stage: string;
  readonly stackFile: StackFile;
  readonly config: Readonly<Record<string, unknown>>;
  /** What it does to flags and routes, beside everything else that the file has not applied yet. */
  readonly effects: readonly string[];
}

/**
 * Prepares a change of what a stack file says.
 * @throws OperationError when the config cannot be used, or a gate refuses it
 */
export async function planChange(
  project: Project,
  stage: string,
  stackFile: StackFile,
  config: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<SettingsChange> {
  const { refusals } = await askGates(project, stage, config, now);
  if (refusals.length > 0) {
    throw new OperationError(
      "refused",
      `The gates refuse this:\n${refusals.map(({ path, found, wayOut }) => `${path} ${found}\n  way out: ${wayOut ?? "none"}`).join("\n")}`,
    );
  }
  const last = lastApplied(await readHistory(project, stage));
  const running = last === undefined ? null : modelOf(project, stage, last.config);
  return { project, stage, stackFile, config, effects: describeEffects(running, modelOf(project, stage, config)) };
}

/**
 * Applies it by an update.
 * @returns the number of the update, and the seconds that it took
 * @throws OperationError when the engine fails; the file is as before then
 */
export async function applyChange(
  root: string,
  { project, stage, stackFile, config }: SettingsChange,
  message: string,
): Promise<{ readonly update: number; readonly seconds: number }> {
  return holdingStage(root, stage, async () => {
    const engine = engineOf(project, stage);
    await recoverStack(project, stage, engine, 0);
    const seconds = await replacingStackFile(project, stackFile, config, () => engine.up(message));
    return { update: numberOf(await readHistory(project, stage), message), seconds };
  });
}
