import type { Metric } from "../model/catalog.ts";
import { addCounts, areCounts, type Counters, type Counts, countsBetween, NO_COUNTS } from "./counters.ts";
import type { Reading } from "./reading.ts";
import {
  type Comparison,
  compareInterval,
  dropOpenBlock,
  evidence,
  type LimitTest,
  startComparison,
  startLimitTest,
  stretch,
  testInterval,
} from "./sequential-test.ts";
import { type Breach, type Figure, sideFigure } from "./verdict.ts";

/** What is remembered of a metric that is a share of bad events. Plain data. */
export interface ShareWatch {
  readonly kind: "share";
  readonly limit: number | null;
  readonly wording: string;
  /** Null where the metric is not compared. */
  readonly comparison: Comparison | null;
  /** Null where there is no limit. */
  readonly limitTest: LimitTest | null;
  /** Each counter as last read, of whichever side. */
  readonly counters: Counters;
  /** Whether the counters were read since the step began, so that the next reading has something to be held against. */
  readonly hasStart: boolean;
  readonly withFlag: Side;
  /** Null where nobody is without the flag. */
  readonly without: Side | null;
  /** Requests with the flag since the promotion began. */
  readonly answered: number;
}

/** One side since the step began. */
interface Side {
  readonly counts: Counts;
  readonly looks: number;
  /** Looks since the last event. */
  readonly idle: number;
}

type CountsReading = Extract<Reading, { kind: "counts" }>;

/** A side that would have had so many events since its last one has fallen silent: by chance that happens once in a thousand times (e^-7). */
const SILENCE = 7;

const NEW_SIDE: Side = { counts: NO_COUNTS, looks: 0, idle: 0 };

export function startShareWatch(metric: Exclude<Metric, { kind: "value" }>): ShareWatch {
  const limit = metric.kind === "latency" ? 1 - metric.quantile : metric.limit;
  return {
    kind: "share",
    limit,
    wording: "bad",
    comparison: metric.compare ? startComparison() : null,
    limitTest: limit === null ? null : startLimitTest(limit),
    counters: {},
    hasStart: false,
    withFlag: NEW_SIDE,
    without: NEW_SIDE,
    answered: 0,
  };
}

/** How many tests a metric takes, among which the false alarm rate is shared. */
export function testsOf(metric: Metric): number {
  if (metric.kind === "value") return 0;
  return (metric.compare ? 1 : 0) + (metric.kind === "latency" || metric.limit !== null ? 1 : 0);
}

/** The watch as a step begins: what was counted until `reading` belongs to no step. */
export function beginShareStep(watch: ShareWatch, reading: Reading): ShareWatch {
  const begun = { ...watch, comparison: watch.comparison === null ? null : dropOpenBlock(watch.comparison), withFlag: NEW_SIDE, without: NEW_SIDE };
  if (reading.kind !== "counts" || !isSound(reading)) return { ...begun, hasStart: false };
  return { ...begun, hasStart: true, without: reading.without === null ? null : NEW_SIDE, counters: remember(watch, reading) };
}

/** The watch after one more reading; and why it cannot be used, where it cannot. */
export function lookAtShare(watch: ShareWatch, reading: Reading): { readonly watch: ShareWatch; readonly unusable: string | null } {
  if (reading.kind === "silent") return { watch, unusable: reading.reason };
  if (reading.kind === "value") return { watch, unusable: "the source gives one number where counts were expected" };
  if (!isSound(reading)) return { watch, unusable: "the source gives counts that are no counts" };
  const counters = remember(watch, reading);
  if (!watch.hasStart) {
    return { watch: { ...watch, hasStart: true, without: reading.without === null ? null : NEW_SIDE, counters }, unusable: "counted from now on" };
  }
  const withFlag = countsBetween(watch.counters, reading.withFlag, reading.sums === true);
  const without = reading.without === null ? null : countsBetween(watch.counters, reading.without, reading.sums === true);
  if (withFlag.bad > withFlag.total || (without !== null && without.bad > without.total)) {
    return { watch, unusable: "the source counts more bad events than events" };
  }
  return {
    unusable: null,
    watch: {
      ...watch,
      counters,
      wording: reading.wording,
      comparison: watch.comparison === null || without === null ? watch.comparison : compareInterval(watch.comparison, tally(withFlag), tally(without)),
      limitTest: watch.limitTest === null ? null : testInterval(watch.limitTest, tally(withFlag)),
      withFlag: addLook(watch.withFlag, withFlag),
      without: without === null ? null : addLook(watch.without ?? NEW_SIDE, without),
      answered: watch.answered + withFlag.total,
    },
  };
}

/** Why a share cannot be judged yet, in words. */
export function reasonsToHold(watch: ShareWatch, minimumRequests: number): string[] {
  const sides = [
    { name: "with", side: watch.withFlag },
    { name: "without", side: watch.without },
  ];
  return sides.flatMap(({ name, side }) => {
    if (side === null) return [];
    const { counts, looks, idle } = side;
    if (counts.total < minimumRequests) return [`${counts.total} of ${minimumRequests} requests ${name} the flag in this step`];
    return (idle * counts.total) / Math.max(looks - idle, 1) >= SILENCE ? [`no more requests ${name} the flag, for ${idle} samples now`] : [];
  });
}

/** What the tests have found. @param needed the evidence that suffices, 1/alpha of each test */
export function breachesOfShare(metric: string, watch: ShareWatch, minimumRequests: number, needed: number): Breach[] {
  if (watch.answered < minimumRequests) return [];
  const breaches: Breach[] = [];
  const { comparison, limitTest, limit, wording } = watch;
  if (comparison !== null && evidence(comparison) >= needed) {
    breaches.push({ kind: "worse", metric, wording, ...stretch(comparison), evidence: evidence(comparison), needed });
  }
  if (limitTest !== null && limit !== null && evidence(limitTest) >= needed) {
    breaches.push({ kind: "limit", metric, wording, withFlag: stretch(limitTest).withFlag, limit, evidence: evidence(limitTest), needed });
  }
  return breaches;
}

export function shareFigure(watch: ShareWatch, needed: number): Figure {
  return {
    kind: "share",
    wording: watch.wording,
    withFlag: sideFigure(watch.withFlag.counts),
    without: watch.without === null ? null : sideFigure(watch.without.counts),
    limit: watch.limit,
    worse: watch.comparison === null ? null : evidence(watch.comparison),
    overLimit: watch.limitTest === null ? null : evidence(watch.limitTest),
    needed,
  };
}

function isSound(reading: CountsReading): boolean {
  return [...Object.values(reading.withFlag), ...Object.values(reading.without ?? {})].every(areCounts);
}

function remember(watch: ShareWatch, reading: CountsReading): Counters {
  return { ...watch.counters, ...reading.withFlag, ...reading.without };
}

function addLook(side: Side, counts: Counts): Side {
  return { counts: addCounts(side.counts, counts), looks: side.looks + 1, idle: counts.total === 0 ? side.idle + 1 : 0 };
}

function tally({ total, bad }: Counts): { readonly total: number; readonly bad: number } {
  return { total, bad };
}
