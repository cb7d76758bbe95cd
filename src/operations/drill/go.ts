import { OperationError } from "../errors.ts";
import { readHistory } from "../history.ts";
import type { Project } from "../project.ts";
import { applyRollback, type RollbackPlan } from "../rollback/rollback.ts";
import { rollbackMessage } from "../rollback/select-update.ts";
import type { MeasuredLoad } from "./measured-load.ts";
import { inSeconds, type Passage, proofParts, tallyParts } from "./report.ts";
import type { Way } from "./tally.ts";

/** How often each visitor is asked in the state that was reached: a variant that takes over must carry them, not only be there. */
const AFTERWARDS = 10;

/**
 * Goes one way under load, and measures it. What goes wrong once it has begun is told by the passage.
 * @throws OperationError when the way back does not begin; nothing was changed then
 */
export async function go(project: Project, plan: RollbackPlan, way: Way, load: MeasuredLoad): Promise<Passage> {
  load.begin(way);
  const started = performance.now();
  const result = await applyRollback(project.root, plan).catch((error: unknown) => {
    if (way === "back" && error instanceof OperationError && error.failure !== "engine") throw error;
    return error instanceof Error ? error : new Error(String(error));
  });
  const returned = inSeconds(performance.now() - started);
  const askedAfter = await load.rounds(AFTERWARDS);
  const { lastOld, ...counted } = tallyParts(load.count(), started);
  const base = { way, to: plan.target.number, ...counted, askedAfter };
  if (result instanceof Error) {
    return { ...base, update: null, failure: result.message, seconds: { lastOld, update: null, returned }, state: null, routes: null };
  }
  const seconds = { lastOld, update: inSeconds(result.seconds * 1000), returned };
  return { ...base, update: await madeUpdate(project, plan), failure: null, seconds, ...proofParts(result.proof) };
}

/** The number of the update that a rollback made. */
async function madeUpdate(project: Project, { stage, newest, target }: RollbackPlan): Promise<number | null> {
  const history = await readHistory(project, stage);
  return history.find(({ number, message }) => number > newest && message === rollbackMessage(target, null))?.number ?? null;
}
