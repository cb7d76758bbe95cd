import type { Model } from "../config/parse.ts";
import type { StandingKill } from "../files/standing-kills.ts";
import { withStandingKills } from "../model/with-kills.ts";
import { describeEffects } from "../plan/effects.ts";
import { askGates } from "./ask-gates.ts";
import { engineOf } from "./engine.ts";
import { OperationError } from "./errors.ts";
import { lastApplied, numberOf, readHistory } from "./history.ts";
import { modelOf, type Project, type StackFile } from "./project.ts";
import { replacingStackFile, withCopy, withoutCatalog } from "./stack-file.ts";
import { recoverStack } from "./stack-lock.ts";
import { holdingStage } from "./stage-lock.ts";

type Config = Readonly<Record<string, unknown>>;

/** A change of a stage's own config that is ready to be applied; nothing has been touched. */
export interface SettingsChange {
  readonly project: Project;
  readonly stage: string;
  readonly stackFile: StackFile;
  /** What the file says afterwards. */
  readonly written: Config;
  /** What runs afterwards: what runs now and the change, whatever else the file may say. */
  readonly applied: Config;
  readonly effects: readonly string[];
}

/**
 * Prepares a change of one thing that a stage says.
 * @param edit makes the change in a config: in that of the file, and in that which runs
 * @param kills those that hold beside the config, before the change and after it
 * @throws OperationError when the config cannot be used, or a gate refuses it
 */
export async function planChange(
  project: Project,
  stage: string,
  stackFile: StackFile,
  edit: (config: Config) => Config,
  now: Date,
  kills: { readonly before: readonly StandingKill[]; readonly after: readonly StandingKill[] } = { before: [], after: [] },
): Promise<SettingsChange> {
  const last = lastApplied(await readHistory(project, stage));
  const applied = edit(last === undefined ? stackFile.config : withoutCatalog(last.config, project.name));
  const { refusals } = await askGates(project, stage, applied, now);
  if (refusals.length > 0) {
    throw new OperationError(
      "refused",
      `The gates refuse this:\n${refusals.map(({ path, found, wayOut }) => `${path} ${found}\n  way out: ${wayOut ?? "none"}`).join("\n")}`,
    );
  }
  const running = last === undefined ? null : underKills(modelOf(project, stage, last.config), kills.before);
  const effects = describeEffects(running, underKills(modelOf(project, stage, applied), kills.after));
  return { project, stage, stackFile, written: edit(stackFile.config), applied, effects };
}

function underKills({ catalog, settings }: Model, kills: readonly StandingKill[]): Model {
  return { catalog, settings: withStandingKills(catalog, settings, kills).settings };
}

/**
 * Applies it by an update.
 * @param refresh whether to look at what is really there first: documents may be behind the state
 * @returns the number of the update, and the seconds that it took
 * @throws OperationError when the engine fails; the file is as before then
 */
export async function applyChange(
  root: string,
  { project, stage, stackFile, written, applied }: SettingsChange,
  message: string,
  refresh = false,
): Promise<{ readonly update: number; readonly seconds: number }> {
  return holdingStage(root, stage, async () => {
    const engine = engineOf(project, stage);
    await recoverStack(project, stage, engine, 0);
    const seconds = await replacingStackFile(project, stackFile, written, () =>
      withCopy(project, stackFile, applied, (copy) => engine.up(message, copy, refresh)),
    );
    return { update: numberOf(await readHistory(project, stage), message), seconds };
  });
}
