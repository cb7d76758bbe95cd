import { beginStep, judge, type WatchState } from "../../analysis/judge.ts";
import { describeBreach, type HoldReason } from "../../analysis/verdict.ts";
import type { Watch } from "../../model/catalog.ts";
import { formatDuration } from "../../model/moment.ts";
import type { MetricsSource, Sides } from "../metrics/source.ts";
import type { Clock } from "./clock.ts";
import type { OnPromoteEvent } from "./events.ts";

/** What a step is watched by. */
export interface WatchedStep {
  readonly watch: Watch;
  /** How long it is watched, in milliseconds. */
  readonly duration: number;
  readonly source: MetricsSource;
  readonly clock: Clock;
  /** When the step's exposure began. */
  readonly since: Date;
  readonly signal: AbortSignal;
  /** The sides to compare, as the stage runs now; null with the reason when the stage is no longer the promotion's. */
  readonly sides: () => Promise<Sides | { readonly interrupted: string }>;
}

export type WatchEnd =
  | { readonly kind: "go on"; readonly state: WatchState }
  | { readonly kind: "breach"; readonly why: readonly string[] }
  | { readonly kind: "held"; readonly why: readonly string[] }
  | { readonly kind: "interrupted"; readonly why: readonly string[] };

/**
 * Watches a step until its time is over and the facts let it go on, or until they speak against it. Without
 * facts it holds, as long as the flag's patience lasts.
 */
export async function watchStep(step: WatchedStep, before: WatchState, onEvent: OnPromoteEvent): Promise<WatchEnd> {
  const { watch, duration, source, clock, since, signal } = step;
  const first = await step.sides();
  if ("interrupted" in first) return { kind: "interrupted", why: [first.interrupted] };
  let state = beginStep(before, await source.read(watch.metrics, first));
  // A promotion that is taken up again may find its time over; its facts begin anew all the same.
  const patienceEnds = Math.max(clock.now().getTime(), since.getTime() + duration) + watch.patience;
  for (;;) {
    await clock.wait(watch.interval, signal);
    if (signal.aborted) return { kind: "interrupted", why: ["it was asked to stop"] };
    const sides = await step.sides();
    if ("interrupted" in sides) return { kind: "interrupted", why: [sides.interrupted] };
    const { state: next, verdict } = judge(state, await source.read(watch.metrics, sides));
    state = next;
    if (verdict.verdict === "breach") return { kind: "breach", why: verdict.breaches.map(describeBreach) };
    const now = clock.now().getTime();
    const elapsed = now - since.getTime();
    const over = elapsed >= duration;
    const reasons = verdict.verdict === "hold" ? verdict.reasons : [];
    onEvent({ kind: "watching", elapsed, duration, figures: verdict.figures, holding: over ? reasons : [] });
    if (over && reasons.length === 0) return { kind: "go on", state };
    if (now >= patienceEnds) return { kind: "held", why: [...describeHold(reasons), `${formatDuration(watch.patience)} of patience are over`] };
  }
}

function describeHold(reasons: readonly HoldReason[]): string[] {
  return reasons.map(({ metric, reason }) => `${metric}: ${reason}`);
}
