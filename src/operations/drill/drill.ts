import { join } from "node:path";
import { writeAtomically } from "../../files/write-atomically.ts";
import { type Books, openBooks } from "../bookkeeping.ts";
import { PULUMI_VERSION } from "../engine.ts";
import { OperationError } from "../errors.ts";
import { readHistory } from "../history.ts";
import { planRollback } from "../rollback/rollback.ts";
import { holdingPromotion } from "../stage-lock.ts";
import type { OnDrillEvent } from "./events.ts";
import { go } from "./go.ts";
import { type MeasuredLoad, startMeasuredLoad } from "./measured-load.ts";
import { type DrillPlan, planDrill } from "./plan-drill.ts";
import { entryOfBack, entryOfDrill, entryOfRefusal } from "./record.ts";
import { beginRehearsal, endRehearsal } from "./rehearsal.ts";
import { type DrillReport, findFaults, inSeconds, type Passage, reportPath, reportText } from "./report.ts";
import { whatRuns } from "./what-runs.ts";

export interface DrillOptions {
  /** Requests a second in total. */
  readonly rate: number;
  /** Ends it where it stands: the way that has begun is finished, and no other begun. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

export interface DrillResult {
  readonly report: DrillReport;
  /** The report's file, relative to the project; null where it could not be written. */
  readonly path: string | null;
  /** What could not be written down or told. */
  readonly warnings: readonly string[];
}

/**
 * Rehearses the rollback of what a stage runs, under load, and goes forward again; leaves a report.
 * @param shown the plan that was confirmed
 * @throws OperationError when it cannot begin; nothing was changed then
 */
export async function drill(shown: DrillPlan, options: DrillOptions, onEvent: OnDrillEvent): Promise<DrillResult> {
  const { stage, project } = shown;
  return holdingPromotion(project.root, stage, async () => {
    const plan = await planDrill(project.root, stage, options.now());
    requireSame(shown, plan);
    const books = await openBooks(project, stage, plan.stackFile);
    books.tell({
      kind: "started",
      stage,
      operation: "drill",
      subject: null,
      by: books.actor,
      reason: null,
      from: name(plan.from.number),
      to: name(plan.to.number),
    });
    try {
      const report = await rehearse(plan, books, options, onEvent);
      const path = reportPath(report);
      const failure = await writeAtomically(join(project.root, path), reportText(report), 0o644).then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (failure === null) onEvent({ kind: "written", path });
      await books.record(entryOfDrill(report, options.signal.aborted));
      const warnings = await books.close();
      return failure === null ? { report, path, warnings } : { report, path: null, warnings: [failure, ...warnings] };
    } catch (error) {
      await endRehearsal(plan);
      await books.record(entryOfRefusal(plan, error));
      await books.close();
      throw error;
    }
  });
}

async function rehearse(plan: DrillPlan, books: Books, { rate, signal, now }: DrillOptions, onEvent: OnDrillEvent): Promise<DrillReport> {
  const { project, stage, from, to, effects } = plan;
  const { visitors, notAsked } = plan.load;
  const started = performance.now();
  const load = startMeasuredLoad(plan.url, visitors, rate);
  onEvent({ kind: "load-started", visitors: visitors.length, rate });
  let back: Passage;
  let forward: Passage | null = null;
  const why: string[] = [];
  try {
    await requireCalm(stage, load);
    if (signal.aborted) throw new OperationError("refused", `The drill of ${stage} was interrupted before it began; nothing was changed.`);
    await beginRehearsal(plan, now());
    onEvent({ kind: "going", way: "back", to: to.number });
    back = await go(project, plan.back, "back", load);
    onEvent({ kind: "arrived", passage: back });
    await books.record(entryOfBack(plan, back));
    const stays = back.failure === null ? whyStay(signal) : "the way back failed";
    const next = stays === null ? await goForward(plan, back, load, onEvent) : stays;
    if (typeof next === "string") {
      why.push(`it did not go forward again: ${next}`);
      onEvent({ kind: "stayed", why: next });
    } else forward = next;
  } finally {
    await load.stop();
  }
  const runs = whatRuns(await readHistory(project, stage), from.number, back, forward);
  if (runs !== to.number) await endRehearsal(plan);
  const reasons = [...findFaults(back), ...(forward === null ? why : findFaults(forward))];
  return {
    stage,
    at: `${now().toISOString().slice(0, 19)}Z`,
    by: books.actor,
    passed: reasons.length === 0 && runs === from.number,
    why: reasons.length === 0 && runs !== from.number ? [`someone else has changed ${stage} meanwhile`] : reasons,
    updates: { from: from.number, to: to.number },
    runs,
    effects,
    load: { rate, visitors: visitors.length, notAsked },
    back,
    forward,
    versions: { pulumi: PULUMI_VERSION, traefik: plan.traefik },
    seconds: inSeconds(performance.now() - started),
  };
}

/** A stage that loses requests as it is would fail any drill: it is told before anyone loses the feature for it. */
async function requireCalm(stage: string, load: MeasuredLoad): Promise<void> {
  load.begin("back");
  const asked = await load.rounds(1);
  const { requests, lost, losses, lastOld } = load.count();
  if (asked && lost === 0 && lastOld !== null) return;
  const reason = !asked ? "not every visitor could be asked" : lost > 0 ? `${lost} of ${requests} requests were lost` : "no visitor meets what would go";
  const first = Object.keys(losses)[0];
  throw new OperationError(
    "refused",
    `${stage} does not answer as it should before the drill: ${reason}${first === undefined ? "" : `, such as: ${first}`}; nothing was changed.\nSee what is wrong: npx sluice verify --stage ${stage}`,
  );
}

function whyStay(signal: AbortSignal): string | null {
  return signal.aborted ? "the drill was interrupted" : null;
}

/** Goes forward to what ran, unless someone else has changed the stage since. @returns what was measured, or why it did not begin */
async function goForward({ project, stage, from }: DrillPlan, back: Passage, load: MeasuredLoad, onEvent: OnDrillEvent): Promise<Passage | string> {
  const plan = await planRollback(project.root, stage, { kind: "number", number: from.number }, { kind: "stage" }).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  if (typeof plan === "string") return plan;
  if (plan.newest !== back.update) return `update ${plan.newest} of someone else came in between, and would have been undone`;
  onEvent({ kind: "going", way: "forward", to: from.number });
  const forward = await go(project, plan, "forward", load);
  onEvent({ kind: "arrived", passage: forward });
  return forward;
}

function requireSame(shown: DrillPlan, plan: DrillPlan): void {
  if (shown.from.number === plan.from.number && shown.to.number === plan.to.number) return;
  throw new OperationError("busy", `${plan.stage} was changed while the drill was being confirmed; nothing was touched. Run it again.`);
}

function name(update: number): string {
  return `update ${update}`;
}
