import type { Model } from "../../config/parse.ts";
import { secretPaths } from "../../config/secret-rules.ts";
import { effectiveExposures } from "../../model/exposure.ts";
import { killSubjects } from "../../model/kills.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { ownFileDigests } from "../../plan/deployed-catalog.ts";
import { describeEffects } from "../../plan/effects.ts";
import { engineOf } from "../engine.ts";
import { OperationError } from "../errors.ts";
import { findSite } from "../find-site.ts";
import { withFlagParts } from "../flag-parts.ts";
import { newestChange, numberOf, readHistory, type Update } from "../history.ts";
import { ownFilesOf } from "../own-files.ts";
import { catalogOf, modelOf, modelOrNull, type Project, readProject, type StackFile } from "../project.ts";
import { replacingStackFile, withCopy } from "../stack-file.ts";
import { recoverStack } from "../stack-lock.ts";
import { holdingStage } from "../stage-lock.ts";
import { type Checkpoint, readCheckpoint, readCurrentCheckpoint } from "../state-files.ts";
import { planFlagRollback, readRollbackGround, stackConfig } from "./flag-rollback.ts";
import { findObstacles, goesAwayByWaiting, type Obstacle } from "./obstacles.ts";
import type { Proof } from "./proof.ts";
import { rollbackMessage, type Selector, selectUpdate } from "./select-update.ts";

/** What is restored: the whole stage, its settings on today's catalogue, or one flag among later changes of others. */
export type RollbackScope = { readonly kind: "stage" } | { readonly kind: "settings" } | { readonly kind: "flag"; readonly flag: string };

/** A rollback that is ready to be applied; nothing has been touched. */
export interface RollbackPlan {
  readonly stage: string;
  /** The update that runs now; null where the stage was destroyed. */
  readonly from: number | null;
  readonly target: Update;
  /** What it does to flags and routes. */
  readonly effects: readonly string[];
  readonly obstacles: readonly Obstacle[];
  readonly scope: RollbackScope;
  readonly model: Model;
  /** The state to be equal to; null where no earlier update had the config that is restored. */
  readonly then: Checkpoint | null;
  readonly stackFile: StackFile;
  readonly config: Readonly<Record<string, unknown>>;
  /** Number of the newest change of the stage as the plan was made. */
  readonly newest: number;
}

export interface RollbackResult {
  /** Its own number in the history. */
  readonly update: number;
  /** Seconds from the change of the stack file to the end of the update. */
  readonly seconds: number;
  /** What had to be cleared first of an update that was killed, in words. */
  readonly recovered: readonly string[];
  readonly proof: Proof;
}

/**
 * Finds the update to go back to, what that changes, and what stands against it.
 * @throws OperationError when there is no such update, or its config cannot be used
 */
export async function planRollback(root: string, stage: string, selector: Selector, scope: RollbackScope): Promise<RollbackPlan> {
  const ground = await readRollbackGround(await readProject(root), stage);
  const { project, history, stackFile, last, running } = ground;
  const common = { stage, scope, from: last?.number ?? null, stackFile, newest: newestChange(history) };
  if (scope.kind === "flag") {
    const { whole, ...plan } = planFlagRollback(ground, selector, scope.flag);
    const same = history.findLast((update) => update.succeeded && canonicalJson(update.config) === canonicalJson(whole));
    return { ...common, ...plan, then: same === undefined ? null : await readCheckpoint(same.checkpointPath) };
  }
  const target = selectUpdate(history, selector, (update) => raisesAny(running, modelOrNull(project, stage, update.config)));
  const then = await readCheckpoint(target.checkpointPath);
  const catalogNow = catalogOf(project, stackFile.config);
  const obstacles = findObstacles({
    stage,
    catalogNow,
    catalogThen: catalogOf(project, target.config),
    ownFilesNow: ownFileDigests(ownFilesOf(root, target.config), catalogNow),
    ownFilesThen: then.record?.ownFiles ?? {},
    configThen: target.config,
    saltNow: stackFile.encryptionSalt,
    saltThen: then.salt,
    killsForgotten: await killsForgotten(project, stage, stackFile, target.config),
    lockedBy: ground.lockedBy,
  });
  const settingsOnly = scope.kind === "settings";
  const unreadable = settingsOnly && obstacles.some((obstacle) => obstacle.kind === "secret-key-changed") ? secretPaths(target.config) : [];
  const config = stackConfig(project, target.config, stackFile, unreadable);
  const model = modelOf(project, stage, settingsOnly ? config : target.config);
  const effects = describeEffects(running, model);
  const written = modelOrNull(project, stage, stackFile.config);
  if (canonicalJson(written?.settings) !== canonicalJson(running?.settings))
    effects.push(`replaces settings in Pulumi.${stage}.yaml that are not what runs now`);
  return {
    ...common,
    target,
    effects,
    obstacles: settingsOnly ? obstacles.filter(({ kind }) => kind === "locked" || kind === "kill-stands") : obstacles,
    model,
    then: settingsOnly ? null : then,
    config,
  };
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
  const { stage, scope, stackFile } = plan;
  const project = await readProject(root);
  const engine = engineOf(project, stage);
  const recovered = await recoverStack(project, stage, engine, 0);
  if (newestChange(await readHistory(project, stage)) !== plan.newest) {
    throw new OperationError(
      "busy",
      `${stage} was updated while the rollback was being planned; nothing was touched. Look at it with sluice history, then run the rollback again.`,
    );
  }
  const message = rollbackMessage(plan.target, scope.kind === "flag" ? scope.flag : null);
  const started = performance.now();
  // The file first: should this end here, the next update goes back too.
  if (scope.kind === "flag") {
    const after = withFlagParts(stackFile.config, plan.target.config, project.name, scope.flag);
    await replacingStackFile(project, stackFile, after, () => withCopy(project, stackFile, plan.config, (copy) => engine.up(message, copy)));
  } else {
    await replacingStackFile(project, stackFile, plan.config, () => engine.up(message));
  }
  const seconds = (performance.now() - started) / 1000;
  // Loaded once traffic is where it belongs.
  const { proveRollback } = await import("./proof.ts");
  const now = await readCurrentCheckpoint(project, stage);
  const update = numberOf(await readHistory(project, stage), message);
  return { update, seconds, recovered, proof: await proveRollback(project, plan.model, plan.then, now) };
}

/** The standing kills that a config does not have. */
async function killsForgotten(project: Project, stage: string, stackFile: StackFile, config: Readonly<Record<string, unknown>>): Promise<string[]> {
  const site = await findSite(project, stage, stackFile, undefined);
  const standing = site === null ? [] : await site.standingKills.read().catch(() => []);
  const model = modelOrNull(project, stage, config);
  const killed = model === null ? [] : killSubjects(model.settings);
  return standing.map(({ subject }) => subject).filter((subject) => !killed.includes(subject));
}

/** Whether one model shows a flag to more people than another. */
function raisesAny(from: Model | null, to: Model | null): boolean {
  if (to === null) return true;
  const before = from === null ? null : effectiveExposures(from.catalog, from.settings);
  return [...effectiveExposures(to.catalog, to.settings)].some(([flag, { exposure }]) => exposure > (before?.get(flag)?.exposure ?? 0));
}
