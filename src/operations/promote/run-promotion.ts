import { startWatch, type WatchState } from "../../analysis/judge.ts";
import type { Durations, GateFact } from "../audit/entry.ts";
import { OperationError } from "../errors.ts";
import { readCurrentCheckpoint } from "../state-files.ts";
import { applyStep, checkStep, verifyStep } from "./apply-step.ts";
import type { PromoteEnd } from "./events.ts";
import { fallBack } from "./fall-back.ts";
import { followSides } from "./live-sides.ts";
import { type Promotion, planPromotion } from "./plan-promotion.ts";
import type { RunContext } from "./run-context.ts";
import { watchStep } from "./watch-step.ts";

/** One step that runs, and what has been spent on it, in milliseconds. */
interface Step {
  readonly exposure: number;
  readonly from: number;
  readonly update: number;
  readonly gates: readonly GateFact[];
  readonly active: number;
}

/**
 * Takes a promotion from step to step until it is done, or something speaks against it.
 * @throws OperationError when the first thing it does is refused; nothing was changed then
 */
export async function runPromotion(context: RunContext, first: Promotion, spend: (durations: Durations) => void): Promise<PromoteEnd> {
  let watched = startWatch(watchOf(first));
  let promotion = first;
  let touched = false;
  for (;;) {
    const step = await nextStep(context, promotion, first.origin.update).catch((error: unknown) => {
      if (touched && error instanceof OperationError) return heldBy(promotion, error);
      throw error;
    });
    if (step === null) return { result: "done", exposure: promotion.present };
    if ("result" in step) return step;
    touched = true;
    const { durations, end } = await finishStep(context, promotion, step, watched, first.origin);
    spend(durations);
    if (!("state" in end)) return end;
    watched = end.state;
    const next = await planPromotion(context.root, context.stage, context.flag, context.aim).catch((error: unknown) => {
      if (error instanceof OperationError) return heldBy({ ...promotion, present: step.exposure }, error);
      throw error;
    });
    if ("result" in next) return next;
    promotion = next;
  }
}

function watchOf({ model, flag }: Promotion): Parameters<typeof startWatch>[0] {
  const definition = model.catalog.flags[flag];
  if (definition === undefined) throw new OperationError("config", `There is no flag ${flag}.`);
  return definition.watch;
}

function heldBy({ present }: Promotion, error: OperationError): PromoteEnd {
  return error.failure === "busy"
    ? { result: "interrupted", exposure: present, why: [error.message] }
    : { result: "held", exposure: present, why: [error.message] };
}

/** The step to watch: the one that an earlier start left open, or the next, once it is applied. Null when there is none. */
async function nextStep(context: RunContext, promotion: Promotion, origin: number): Promise<Step | null> {
  const { clock, onEvent, signal } = context;
  const { openStep, steps, present } = promotion;
  if (openStep !== null) {
    onEvent({ kind: "step", exposure: present, from: present, resumed: true });
    return { exposure: present, from: present, update: openStep.update, gates: [], active: 0 };
  }
  const [exposure] = steps;
  if (exposure === undefined) return null;
  if (signal.aborted) throw new OperationError("busy", "it was asked to stop");
  const started = clock.now().getTime();
  onEvent({ kind: "step", exposure, from: present, resumed: false });
  const { refused, gates } = await checkStep(context, promotion, exposure);
  if (refused.length > 0) throw new OperationError("refused", `The gates refuse this:\n${refused.join("\n")}`);
  const update = await applyStep(context, promotion, exposure, origin);
  return { exposure, from: present, update, gates, active: clock.now().getTime() - started };
}

/** Verifies and watches a step; leaves its entry however it ends. */
async function finishStep(
  context: RunContext,
  promotion: Promotion,
  step: Step,
  watched: WatchState,
  origin: Promotion["origin"],
): Promise<{ readonly durations: Durations; readonly end: { readonly state: WatchState } | PromoteEnd }> {
  const { clock, source, signal, onEvent, books, stage, flag, root } = context;
  const { exposure } = step;
  const begun = clock.now().getTime();
  const wrong = await verifyStep(context, promotion);
  const verified = clock.now().getTime();
  const since = (await readCurrentCheckpoint(promotion.project, stage)).record?.since[flag];
  const end =
    wrong.length > 0
      ? { kind: "breach" as const, why: wrong }
      : await watchStep(
          {
            watch: watchOf(promotion),
            duration: watchOf(promotion).duration[stage] ?? 0,
            source,
            clock,
            signal,
            since: since === undefined ? clock.now() : new Date(since),
            sides: followSides(promotion, exposure),
          },
          watched,
          onEvent,
        );
  const durations = { active: step.active + verified - begun, waiting: clock.now().getTime() - verified };
  const entry = {
    operation: "step" as const,
    subject: flag,
    reason: context.reason,
    from: step.from,
    to: exposure,
    gates: step.gates,
    update: step.update,
    durations,
    details: null,
  };
  switch (end.kind) {
    case "go on":
      onEvent({ kind: "step-done", exposure, ...durations });
      await books.record({ ...entry, result: "done" });
      return { durations, end: { state: end.state } };
    case "held":
      await books.record({ ...entry, result: "held", details: { why: end.why } });
      return { durations, end: { result: "held", exposure, why: end.why } };
    case "interrupted":
      await books.record({ ...entry, result: "interrupted", details: { why: end.why } });
      return { durations, end: { result: "interrupted", exposure, why: end.why } };
    case "breach": {
      onEvent({ kind: "breached", exposure, why: end.why });
      books.tell({ kind: "breached", stage, subject: flag, figures: end.why, next: `going back to ${origin.exposure} per cent` });
      const fallen = await fallBack(root, { stage, flag, origin: origin.update, from: origin.exposure }, end.why, context);
      await books.record({ ...entry, result: "breached", details: { why: end.why } });
      return { durations, end: fallen };
    }
  }
}
