import type { Watch } from "../model/catalog.ts";
import { type Reading, type Readings, silent } from "./reading.ts";
import { beginShareStep, breachesOfShare, lookAtShare, reasonsToHold, type ShareWatch, shareFigure, startShareWatch, testsOf } from "./share-watch.ts";
import { breachesOfValue, lookAtValue, reasonsToHoldValue, startValueWatch, type ValueWatch, valueFigure } from "./value-watch.ts";
import type { Breach, Figure, HoldReason, Verdict } from "./verdict.ts";

/** What a promotion remembers of its metrics from one look to the next. Plain data: it can be written as JSON and read again. */
export interface WatchState {
  readonly minimumRequests: number;
  /** The evidence at which a test finds a breach. */
  readonly needed: number;
  readonly metrics: Readonly<Record<string, ShareWatch | ValueWatch>>;
}

/**
 * The state before a promotion's first step. The false alarm rate is shared equally by all its tests (metrics
 * times comparison and limit), so that the chance of any false alarm in the whole promotion stays below it.
 */
export function startWatch(watch: Pick<Watch, "metrics" | "minimumRequests" | "falseAlarmRate">): WatchState {
  const metrics = Object.entries(watch.metrics);
  const tests = metrics.reduce((sum, [, metric]) => sum + testsOf(metric), 0);
  return {
    minimumRequests: watch.minimumRequests,
    needed: Math.max(tests, 1) / watch.falseAlarmRate,
    metrics: Object.fromEntries(metrics.map(([name, metric]) => [name, metric.kind === "value" ? startValueWatch(metric) : startShareWatch(metric)])),
  };
}

/**
 * The state as a step begins. Tests go on from step to step; the minimum sample and the figures start anew.
 * @param readings of this moment, once the step's exposure is in force: where counting starts. A metric that is silent
 * here is counted from its first reading on, one interval later.
 */
export function beginStep(state: WatchState, readings: Readings): WatchState {
  const begin = (watch: ShareWatch | ValueWatch, reading: Reading): ShareWatch | ValueWatch =>
    watch.kind === "share" ? beginShareStep(watch, reading) : { ...watch, value: null };
  return {
    ...state,
    metrics: Object.fromEntries(Object.entries(state.metrics).map(([name, watch]) => [name, begin(watch, readingOf(readings, name))])),
  };
}

/**
 * What one more look at the metrics says. A breach counts at once; a step may only go on by facts: silence, a
 * source that fails or lies, and a sample below the minimum all hold it.
 * @param readings of this moment, one for each metric
 */
export function judge(state: WatchState, readings: Readings): { readonly state: WatchState; readonly verdict: Verdict } {
  const looks = Object.keys(state.metrics)
    .sort()
    .map((name) => look(state, name, readingOf(readings, name)));
  const next = { ...state, metrics: Object.fromEntries(looks.map(({ name, watch }) => [name, watch])) };
  const figures = Object.fromEntries(looks.map(({ name, figure }) => [name, figure]));
  const breaches = looks.flatMap((entry) => entry.breaches);
  const reasons = looks.flatMap((entry) => entry.reasons);
  if (breaches.length > 0) return { state: next, verdict: { verdict: "breach", breaches, figures } };
  if (reasons.length > 0) return { state: next, verdict: { verdict: "hold", reasons, figures } };
  return { state: next, verdict: { verdict: "go on", figures } };
}

interface Look {
  readonly name: string;
  readonly watch: ShareWatch | ValueWatch;
  readonly figure: Figure;
  readonly breaches: readonly Breach[];
  readonly reasons: readonly HoldReason[];
}

function look({ minimumRequests, needed, metrics }: WatchState, name: string, reading: Reading): Look {
  const before = metrics[name];
  if (before === undefined) throw new RangeError(`no metric ${name}`);
  const toReasons = (unusable: string | null, reasons: readonly string[]): HoldReason[] =>
    (unusable === null ? reasons : [unusable]).map((reason) => ({ metric: name, reason }));
  if (before.kind === "value") {
    const { watch, unusable } = lookAtValue(before, reading);
    return { name, watch, figure: valueFigure(watch), breaches: breachesOfValue(name, watch), reasons: toReasons(unusable, reasonsToHoldValue(watch)) };
  }
  const { watch, unusable } = lookAtShare(before, reading);
  return {
    name,
    watch,
    figure: shareFigure(watch, needed),
    breaches: breachesOfShare(name, watch, minimumRequests, needed),
    reasons: toReasons(unusable, reasonsToHold(watch, minimumRequests)),
  };
}

function readingOf(readings: Readings, name: string): Reading {
  return (Object.hasOwn(readings, name) ? readings[name] : undefined) ?? silent("the source says nothing of it");
}
