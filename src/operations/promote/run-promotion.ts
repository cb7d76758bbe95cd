import { startWatch } from "../../analysis/judge.ts";
import type { Watch } from "../../model/catalog.ts";
import type { Durations } from "../audit/entry.ts";
import { OperationError } from "../errors.ts";
import { applyStep, checkStep, writeStep } from "./apply-step.ts";
import type { PromoteEnd } from "./events.ts";
import { finishStep, type Step } from "./finish-step.ts";
import { type Promotion, planPromotion } from "./plan-promotion.ts";
import type { RunContext } from "./run-context.ts";

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
    const { durations, end } = await finishStep(context, promotion, step, watchOf(promotion), watched, first.origin);
    spend(durations);
    if (!("state" in end)) return end;
    watched = end.state;
    const next = await planPromotion(context.root, context.stage, context.flag, context.aim).catch((error: unknown) => {
      if (error instanceof OperationError) return heldBy({ ...promotion, present: step.exposure }, error);
      throw error;
    });
    if ("result" in next) return next;
    if (next.present !== step.exposure)
      return { result: "interrupted", exposure: next.present, why: [`someone else has brought ${context.flag} to ${next.present} per cent meanwhile`] };
    // It was watched just now, whether or not the audit could be written.
    promotion = next.openStep?.update === step.update ? { ...next, openStep: null } : next;
  }
}

function watchOf({ model, flag }: Promotion): Watch {
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
    await writeStep(promotion, present);
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
