import { beginStep, judge, type WatchState } from "../../analysis/judge.ts";
import { describeBreach, type HoldReason, type Verdict } from "../../analysis/verdict.ts";
import type { Watch } from "../../model/catalog.ts";
import { formatDuration } from "../../model/moment.ts";
import type { Clock } from "../../net/clock.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import type { MetricsSource, Sides } from "../../traffic/metrics/source.ts";
import type { OnPromoteEvent } from "./events.ts";

/** What a step is watched by. */
export interface WatchedStep {
  readonly watch: Watch;
  /** How long it is watched, in milliseconds. */
  readonly duration: number;
  readonly source: MetricsSource;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The sides to compare, as the stage runs now; or why the step is not the promotion's any more. */
  readonly sides: () => Promise<Sides | { readonly interrupted: string }>;
}

export type WatchEnd =
  | { readonly kind: "go on"; readonly state: WatchState }
  | { readonly kind: "breach"; readonly why: readonly string[] }
  | { readonly kind: "held"; readonly why: readonly string[] }
  | { readonly kind: "interrupted"; readonly why: readonly string[] };

type Stopped = Extract<WatchEnd, { readonly kind: "breach" | "interrupted" }>;

/**
 * Watches a step until its time is over and the facts let it go on, or until they speak against it. Without
 * facts it holds, and its time stands still, as long as the flag's patience lasts. Time before this start
 * counts for nothing: nobody watched.
 */
export async function watchStep(step: WatchedStep, before: WatchState, onEvent: OnPromoteEvent): Promise<WatchEnd> {
  const { watch, duration, clock, signal } = step;
  let looking = await beginLooking(step, before);
  if ("kind" in looking) return looking;
  let elapsed = 0;
  let held = 0;
  let last = clock.now().getTime();
  for (;;) {
    await clock.wait(watch.interval, signal);
    const next = await look(step, looking);
    if ("kind" in next) return next;
    looking = next;
    const { verdict, blind } = next;
    const now = clock.now().getTime();
    const over = elapsed + now - last >= duration;
    const reasons = verdict.verdict === "hold" ? verdict.reasons : [];
    // Time in which nothing could be seen is no time of watching.
    if (blind || (over && reasons.length > 0)) held += now - last;
    if (!blind) elapsed += now - last;
    last = now;
    onEvent({ kind: "watching", elapsed, duration, figures: verdict.figures, holding: blind || over ? reasons : [] });
    if (elapsed >= duration && reasons.length === 0) return { kind: "go on", state: next.state };
    if (held >= watch.patience) return { kind: "held", why: [...describeHold(reasons), `${formatDuration(watch.patience)} of patience are over`] };
  }
}

/**
 * Watches a step while a task is under way, whose own requests count for nothing afterwards.
 * @returns what the task gave; or the breach that came first
 */
export async function watchWhile<T>(
  step: WatchedStep,
  before: WatchState,
  task: Promise<T>,
): Promise<{ readonly kind: "over"; readonly state: WatchState; readonly value: T } | Stopped> {
  const ended = new AbortController();
  const over = task.then((value) => ({ value })).finally(() => ended.abort());
  // It may fail while something else is waited for; who waits for it next is told all the same.
  over.catch(() => undefined);
  let looking = await beginLooking(step, before);
  for (;;) {
    if ("kind" in looking) return looking;
    const wait = step.clock.wait(step.watch.interval, AbortSignal.any([step.signal, ended.signal])).then(() => null);
    const result = await Promise.race([over, wait]);
    if (result !== null) return { kind: "over", state: looking.state, value: result.value };
    if (!ended.signal.aborted) looking = await look(step, looking);
  }
}

interface Looking {
  readonly state: WatchState;
  readonly sides: Sides;
}

async function beginLooking(step: WatchedStep, before: WatchState): Promise<Looking | Stopped> {
  const sides = await step.sides();
  if ("interrupted" in sides) return { kind: "interrupted", why: [sides.interrupted] };
  return { state: beginStep(before, await step.source.read(step.watch.metrics, sides)), sides };
}

/** One more look; `blind` where a metric was silent or counting began anew. Where another flag has changed the variants, counting begins anew: they bring a past of their own. */
async function look(step: WatchedStep, before: Looking): Promise<(Looking & { readonly verdict: Verdict; readonly blind: boolean }) | Stopped> {
  if (step.signal.aborted) return { kind: "interrupted", why: ["it was asked to stop"] };
  const sides = await step.sides();
  if ("interrupted" in sides) return { kind: "interrupted", why: [sides.interrupted] };
  const readings = await step.source.read(step.watch.metrics, sides);
  const changed = canonicalJson(sides) !== canonicalJson(before.sides);
  const { state, verdict } = judge(changed ? beginStep(before.state, readings) : before.state, readings);
  if (verdict.verdict === "breach") return { kind: "breach", why: verdict.breaches.map(describeBreach) };
  return { state, sides, verdict, blind: changed || Object.values(readings).some(({ kind }) => kind === "silent") };
}

function describeHold(reasons: readonly HoldReason[]): string[] {
  return reasons.map(({ metric, reason }) => `${metric}: ${reason}`);
}
