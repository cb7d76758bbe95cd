import { addCounts, type Counters, type Counts, countsBetween, NO_COUNTS } from "../../analysis/counters.ts";
import type { Reading } from "../../analysis/reading.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import type { Sides } from "../../traffic/metrics/source.ts";
import { errorReading, latencyReading, type Sample } from "../../traffic/metrics/traefik-counters.ts";
import type { MetricPoint, Metrics } from "./board.ts";

/** What was seen of one flag in one stage, look by look. */
export interface Watched {
  /** Names of the services of both sides: others are counted from a new beginning. */
  readonly sides: string;
  readonly since: Date;
  readonly last: { readonly withFlag: Counters; readonly without: Counters | null };
  readonly points: readonly MetricPoint[];
  /** Why the newest look saw nothing; null where it did. */
  readonly silent: string | null;
}

/** How many points are kept: an hour of a look every five seconds. */
const MOST_POINTS = 720;

/** What Traefik has counted of both sides since it started: requests, failed ones, and how long they took in all. */
export function readCounters(samples: readonly Sample[], sides: Sides): Reading {
  const errors = errorReading(samples, sides);
  if (errors.kind !== "counts") return errors;
  // Only the sum of durations is taken from it, so that any boundary will do.
  const times = latencyReading(samples, sides, Number.POSITIVE_INFINITY);
  if (times.kind !== "counts") return times;
  const timed = (counters: Counters, seconds: Counters): Counters =>
    Object.fromEntries(Object.entries(counters).map(([name, counts]) => [name, { ...counts, seconds: seconds[name]?.seconds ?? null }]));
  return {
    ...errors,
    withFlag: timed(errors.withFlag, times.withFlag),
    without: errors.without === null ? null : timed(errors.without, times.without ?? {}),
  };
}

/** Adds a look to what was seen before. Where the sides are other services than before, it begins anew after them. */
export function addLook(before: Watched | null, at: Date, sides: Sides, reading: Reading): Watched | null {
  if (reading.kind !== "counts") return before === null ? null : { ...before, silent: whyNot(reading) };
  const last = { withFlag: reading.withFlag, without: reading.without };
  const name = canonicalJson(sides);
  if (before === null) return { sides: name, since: at, last, points: [], silent: null };
  if (before.sides !== name) return { ...before, sides: name, last, silent: null };
  const point: MetricPoint = {
    at,
    withFlag: sides.withFlag.length === 0 ? null : countsBetween(before.last.withFlag, last.withFlag, false),
    without: last.without === null ? null : countsBetween(before.last.without ?? {}, last.without, false),
  };
  return { ...before, last, points: [...before.points, point].slice(-MOST_POINTS), silent: null };
}

/**
 * What was watched as metrics.
 * @param slow what was watched with slow answers as bad; null where that is not known
 * @param reason why nothing was seen, where nothing was
 */
export function watchedMetrics(watched: Watched | null, slow: Watched | null, reason: string): Metrics {
  if (watched === null) return { kind: "none", reason };
  const { points, since, silent: warning } = watched;
  const slowPoints = slow?.points ?? [];
  return {
    kind: "read",
    source: "traefik",
    points,
    sum: sumOf(points),
    slow: slowPoints.length === 0 ? null : { points: slowPoints, sum: sumOf(slowPoints) },
    since,
    warning,
  };
}

/** What Traefik has counted since it started, as metrics without a course. @param slow the same with slow answers as bad; null where that is not known */
export function countedMetrics(reading: Reading, slow: Reading | null, sides: Sides): Metrics {
  if (reading.kind !== "counts") return { kind: "none", reason: whyNot(reading) };
  const sum = countedSum(reading, sides);
  return {
    kind: "read",
    source: "traefik",
    points: [],
    sum,
    slow: slow?.kind === "counts" ? { points: [], sum: countedSum(slow, sides) } : null,
    since: null,
    warning: null,
  };
}

function countedSum({ withFlag, without }: Extract<Reading, { kind: "counts" }>, sides: Sides): Pick<MetricPoint, "withFlag" | "without"> {
  const sum = (counters: Counters | null): Counts | null => (counters === null ? null : Object.values(counters).reduce(addCounts, NO_COUNTS));
  return { withFlag: sides.withFlag.length === 0 ? null : sum(withFlag), without: sum(without) };
}

export function sumOf(points: readonly MetricPoint[]): Pick<MetricPoint, "withFlag" | "without"> {
  const sum = (side: "withFlag" | "without"): Counts | null => {
    const counts = points.flatMap((point) => point[side] ?? []);
    return counts.length === 0 ? null : counts.reduce(addCounts);
  };
  return { withFlag: sum("withFlag"), without: sum("without") };
}

/** Why a reading has no counts. */
export function whyNot(reading: Exclude<Reading, { kind: "counts" }>): string {
  return reading.kind === "silent" ? reading.reason : "it is no count";
}
