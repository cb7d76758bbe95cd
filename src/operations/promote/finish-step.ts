import type { WatchState } from "../../analysis/judge.ts";
import type { Watch } from "../../model/catalog.ts";
import type { Durations, GateFact } from "../audit/entry.ts";
import { OperationError } from "../errors.ts";
import { readRecordOrNull } from "../state-files.ts";
import { isVerified } from "../verify/report.ts";
import { verifyStage } from "../verify/verify.ts";
import type { PromoteEnd } from "./events.ts";
import { fallBack } from "./fall-back.ts";
import { followSides } from "./live-sides.ts";
import type { Promotion } from "./plan-promotion.ts";
import type { RunContext } from "./run-context.ts";
import { type WatchEnd, type WatchedStep, watchStep, watchWhile } from "./watch-step.ts";

/** Visitors by whom a step is verified. */
const VISITORS = 200;

/** One step that runs, and what has been spent on it, in milliseconds. */
export interface Step {
  readonly exposure: number;
  readonly from: number;
  readonly update: number;
  readonly gates: readonly GateFact[];
  readonly active: number;
}

export interface FinishedStep {
  readonly durations: Durations;
  /** What goes on to the next step; or how the promotion ended. */
  readonly end: { readonly state: WatchState } | PromoteEnd;
}

/** Verifies and watches a step, goes back on a breach, and leaves an entry however it ends. */
export async function finishStep(
  context: RunContext,
  promotion: Promotion,
  step: Step,
  watch: Watch,
  watched: WatchState,
  origin: Promotion["origin"],
): Promise<FinishedStep> {
  const { clock, onEvent, books, stage, flag, root } = context;
  const { exposure } = step;
  const spent = { verified: clock.now().getTime() };
  const begun = spent.verified;
  const end = await verifyAndWatch(context, promotion, step, watch, watched, () => {
    spent.verified = clock.now().getTime();
  }).catch((error: unknown): WatchEnd => ({ kind: "held", why: [error instanceof Error ? error.message : String(error)] }));
  const durations = { active: step.active + spent.verified - begun, waiting: clock.now().getTime() - spent.verified };
  const entry = {
    operation: "step" as const,
    subject: flag,
    reason: context.reason,
    from: step.from,
    to: exposure,
    gates: step.gates,
    update: step.update,
    durations,
  };
  switch (end.kind) {
    case "go on":
      onEvent({ kind: "step-done", exposure, ...durations });
      await books.record({ ...entry, result: "done", details: null });
      return { durations, end: { state: end.state } };
    case "held":
    case "interrupted": {
      await books.record({ ...entry, result: end.kind, details: { why: end.why } });
      const record = await readRecordOrNull(promotion.project, stage).catch(() => null);
      return { durations, end: { result: end.kind, exposure: record?.exposures[flag] ?? exposure, why: end.why } };
    }
    case "breach": {
      onEvent({ kind: "breached", exposure, why: end.why });
      books.tell({ kind: "breached", stage, subject: flag, figures: end.why, next: `going back to ${origin.exposure} per cent` });
      try {
        return { durations, end: await fallBack(root, { stage, flag, origin: origin.update, from: origin.exposure }, end.why, context) };
      } finally {
        await books.record({ ...entry, result: "breached", details: { why: end.why } });
      }
    }
    default:
      return end satisfies never;
  }
}

async function verifyAndWatch(
  context: RunContext,
  promotion: Promotion,
  { exposure }: Step,
  watch: Watch,
  watched: WatchState,
  onVerified: () => void,
): Promise<WatchEnd> {
  const { clock, source, signal, onEvent, stage } = context;
  const step: WatchedStep = {
    watch,
    duration: watch.duration[stage] ?? 0,
    source,
    clock,
    signal,
    sides: followSides(promotion, exposure),
  };
  let state = watched;
  // Someone else's update may fall into a verification: what is wrong must be so twice.
  for (let tries = 0; ; tries += 1) {
    const seen = await watchWhile(step, state, verifyStep(promotion));
    if (seen.kind !== "over") return seen;
    state = seen.state;
    if ("checks" in seen.value) {
      onEvent({ kind: "verified", checks: seen.value.checks });
      break;
    }
    if (tries > 0) return seen.value.excused ? { kind: "held", why: seen.value.wrong } : { kind: "breach", why: seen.value.wrong };
  }
  onVerified();
  return watchStep(step, state, onEvent);
}

/** Checks that fail through no fault of the flag: there is no Traefik to ask, or another flag's kill is not taken up; of several Traefiks each has its own, after its name. */
const NOT_THE_FLAGS = ["traffic", "standing kills"];

/** Verifies the stage on real traffic. `excused`: what failed is not the flag's doing. */
async function verifyStep({
  project,
  stage,
}: Promotion): Promise<{ readonly checks: number } | { readonly wrong: readonly string[]; readonly excused: boolean }> {
  const report = await verifyStage(project, stage, { visitors: VISITORS, onProgress: () => undefined }).catch((error: unknown) => {
    // Such as an API server out of reach.
    if (error instanceof OperationError) return error;
    throw error;
  });
  if (report instanceof OperationError) return { wrong: [report.message], excused: true };
  if (isVerified(report)) return { checks: report.checks.filter(({ state }) => state === "pass").length };
  const failed = report.checks.filter(({ state }) => state === "fail");
  return {
    wrong: failed.map(({ name, found }) => `${name}: ${found}`),
    excused: failed.some(({ name }) => NOT_THE_FLAGS.some((one) => name === one || name.endsWith(`: ${one}`))),
  };
}
