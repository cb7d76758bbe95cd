import type { Model } from "../../config/parse.ts";
import { describeEffects } from "../../plan/effects.ts";
import { selectForFlag, withFlagParts } from "../flag-parts.ts";
import { lastApplied, readHistory, type Update } from "../history.ts";
import { catalogOf, modelOf, modelOrNull, type Project, readStackFile, type StackFile } from "../project.ts";
import { requireFlag } from "../require-flag.ts";
import { readLocks } from "../stack-lock.ts";
import { findObstacles, type Obstacle } from "./obstacles.ts";
import type { Selector } from "./select-update.ts";

/** What every rollback in a stage is planned from: read once for any number of plans. */
export interface RollbackGround {
  readonly project: Project;
  readonly stage: string;
  readonly history: readonly Update[];
  /** The update that runs now; undefined where the stage was destroyed, or never made. */
  readonly last: Update | undefined;
  /** Null where its config cannot be read any more. */
  readonly running: Model | null;
  readonly stackFile: StackFile;
  /** Who holds the stack and is alive. */
  readonly lockedBy: readonly string[];
}

/** @throws OperationError where the stage has no history, or a file of it cannot be read */
export async function readRollbackGround(project: Project, stage: string): Promise<RollbackGround> {
  const [history, stackFile, locks] = await Promise.all([readHistory(project, stage), readStackFile(project, stage), readLocks(project, stage)]);
  const last = lastApplied(history);
  return {
    project,
    stage,
    history,
    last,
    running: last === undefined ? null : modelOrNull(project, stage, last.config),
    stackFile,
    lockedBy: locks.filter(({ dead }) => !dead).map(({ who }) => who),
  };
}

/** The rollback of one flag among later changes of others. */
export interface FlagRollback {
  readonly target: Update;
  /** What it does to flags and routes. */
  readonly effects: readonly string[];
  readonly obstacles: readonly Obstacle[];
  readonly model: Model;
  /** The config that the stage has then, with the catalogue. */
  readonly whole: Readonly<Record<string, unknown>>;
  /** The same as it belongs into the stack file. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Plans the rollback of one flag; reads nothing more.
 * @throws OperationError when there is no such flag or update, or what it restores cannot be used
 */
export function planFlagRollback(
  { project, stage, history, last, running, stackFile, lockedBy }: RollbackGround,
  selector: Selector,
  flag: string,
): FlagRollback {
  requireFlag(project, flag);
  const target = selectForFlag(history, selector, project.name, flag);
  const whole = last === undefined ? target.config : withFlagParts(last.config, target.config, project.name, flag);
  const obstacles = findObstacles({
    stage,
    catalogNow: catalogOf(project, stackFile.config),
    catalogThen: catalogOf(project, {}),
    ownFilesNow: {},
    ownFilesThen: {},
    configThen: whole,
    saltNow: stackFile.encryptionSalt,
    saltThen: stackFile.encryptionSalt,
    killsForgotten: [],
    lockedBy,
  });
  const config = stackConfig(project, whole, stackFile, []);
  const model = modelOf(project, stage, config);
  return { target, effects: describeEffects(running, model), obstacles, model, whole, config };
}

/**
 * The config of an update as it belongs into the stack file: what the project file says as well stays there.
 * @param unreadable keys whose secrets nobody can read any more; the file's own stay
 */
export function stackConfig(
  project: Project,
  config: Readonly<Record<string, unknown>>,
  stackFile: StackFile,
  unreadable: readonly string[],
): Record<string, unknown> {
  const catalogKey = `${project.name}:catalog`;
  const entries = Object.entries(config).filter(([key]) => (key !== catalogKey || catalogKey in stackFile.config) && !unreadable.includes(key));
  const kept = unreadable.filter((key) => key in stackFile.config).map((key) => [key, stackFile.config[key]] as const);
  return Object.fromEntries([...entries, ...kept]);
}
