import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import type { Model } from "../../config/parse.ts";
import { writeAtomically } from "../../files/write-atomically.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { describeEffects } from "../../plan/effects.ts";
import { engineOf } from "../engine.ts";
import { OperationError } from "../errors.ts";
import { readHistory, type Update } from "../history.ts";
import { catalogOf, modelOf, modelOrNull, type Project, readProject, readStackFile, type StackFile } from "../project.ts";
import { type Checkpoint, isLocked, readCheckpoint, readCurrentCheckpoint } from "../state-files.ts";
import { findObstacles, goesAwayByWaiting, type Obstacle, secretPaths } from "./obstacles.ts";
import { type Proof, proveRollback } from "./proof.ts";
import { rollbackMessage, type Selector, selectUpdate } from "./select-update.ts";
import { withConfig } from "./stack-file.ts";

/** A rollback that is ready to be applied; nothing has been touched. */
export interface RollbackPlan {
  readonly stage: string;
  readonly target: Update;
  /** What it does to flags and routes. */
  readonly effects: readonly string[];
  readonly obstacles: readonly Obstacle[];
  readonly settingsOnly: boolean;
  readonly model: Model;
  readonly then: Checkpoint;
  readonly stackFile: StackFile;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface RollbackResult {
  /** Seconds from the change of the stack file to the end of the update. */
  readonly seconds: number;
  readonly proof: Proof;
}

/**
 * Finds the update to go back to, what that changes, and what stands against it.
 * @param settingsOnly restores the stage's settings on today's catalogue, and leaves out secrets that cannot be read
 * @throws OperationError when there is no such update, or its config cannot be used
 */
export async function planRollback(root: string, stage: string, selector: Selector, settingsOnly: boolean): Promise<RollbackPlan> {
  const project = await readProject(root);
  const history = await readHistory(project, stage);
  const target = selectUpdate(history, selector);
  const stackFile = await readStackFile(project, stage);
  const now = await readCurrentCheckpoint(project, stage);
  const then = await readCheckpoint(target.checkpointPath);
  const obstacles = findObstacles({
    stage,
    catalogNow: catalogOf(project, stackFile.config),
    catalogThen: catalogOf(project, target.config),
    configThen: target.config,
    saltNow: stackFile.encryptionSalt,
    then,
    now,
    locked: await isLocked(project, stage),
  });
  const unreadable = settingsOnly && obstacles.some((obstacle) => obstacle.kind === "secret-key-changed") ? secretPaths(target.config) : [];
  const config = stackConfig(project, target, stackFile, unreadable);
  const model = modelOf(project, stage, settingsOnly ? config : target.config);
  const last = history.findLast((update) => update.succeeded);
  const running = last === undefined || last.kind === "destroy" ? null : modelOrNull(project, stage, last.config);
  const effects = describeEffects(running, model);
  const written = modelOrNull(project, stage, stackFile.config);
  if (canonicalJson(written?.settings) !== canonicalJson(running?.settings))
    effects.push(`replaces settings in Pulumi.${stage}.yaml that are not what runs now`);
  return { stage, target, effects, obstacles: settingsOnly ? obstacles.filter(goesAwayByWaiting) : obstacles, settingsOnly, model, then, stackFile, config };
}

/** Applies a rollback and proves it. @throws OperationError when something stands against it, or the engine fails; the stack file is as before then */
export async function applyRollback(root: string, plan: RollbackPlan): Promise<RollbackResult> {
  if (plan.obstacles.length > 0) {
    const reasons = plan.obstacles.map((obstacle) => `- ${obstacle.text}`).join("\n");
    const busy = plan.obstacles.some(goesAwayByWaiting);
    throw new OperationError(
      busy ? "busy" : "refused",
      `${plan.stage} cannot be rolled back to update ${plan.target.number}; nothing was touched:\n${reasons}`,
    );
  }
  return holdingStage(root, plan.stage, () => applyHeld(root, plan));
}

async function applyHeld(root: string, plan: RollbackPlan): Promise<RollbackResult> {
  const project = await readProject(root);
  const before = await readFile(plan.stackFile.path, "utf8");
  if (before !== plan.stackFile.text) {
    throw new OperationError(
      "busy",
      `${plan.stackFile.path} was changed while the rollback was being planned; nothing was touched. Look at it, then run the rollback again.`,
    );
  }
  const started = performance.now();
  await writeAtomically(plan.stackFile.path, withConfig(before, plan.config), 0o644);
  await engineOf(project, plan.stage)
    .up(rollbackMessage(plan.target))
    .catch(async (error: unknown) => {
      await writeAtomically(plan.stackFile.path, before, 0o644);
      throw error;
    });
  const seconds = (performance.now() - started) / 1000;
  const now = await readCurrentCheckpoint(project, plan.stage);
  return { seconds, proof: await proveRollback(plan.model, plan.settingsOnly ? null : plan.then, now) };
}

/** One rollback of a stage at a time: a second would put back the stack file that the first has changed. */
async function holdingStage<T>(root: string, stage: string, task: () => Promise<T>): Promise<T> {
  const folder = join(root, ".sluice", "locks", stage);
  await mkdir(folder, { recursive: true });
  const release = await lockfile.lock(folder, { stale: 10_000 }).catch(() => {
    throw new OperationError("busy", `Another rollback of ${stage} is at work. Wait for it; one that was killed lets go after ten seconds.`);
  });
  try {
    return await task();
  } finally {
    await release();
  }
}

/** The config of the update as it belongs into the stack file: what the project file says as well stays there. */
function stackConfig(project: Project, target: Update, stackFile: StackFile, unreadable: readonly string[]): Record<string, unknown> {
  const catalogKey = `${project.name}:catalog`;
  const entries = Object.entries(target.config).filter(([key]) => (key !== catalogKey || catalogKey in stackFile.config) && !unreadable.includes(key));
  const kept = unreadable.filter((key) => key in stackFile.config).map((key) => [key, stackFile.config[key]] as const);
  return Object.fromEntries([...entries, ...kept]);
}
