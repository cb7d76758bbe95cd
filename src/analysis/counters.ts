import { addTallies, type Tally } from "./tally.ts";

/** What was counted of requests; `seconds` is the sum of their durations, null where it is not known. */
export interface Counts extends Tally {
  readonly seconds: number | null;
}

/** Counters that only rise, until what counts starts anew; by a name of the source's own for each, such as a service. */
export type Counters = Readonly<Record<string, Counts>>;

export const NO_COUNTS: Counts = { total: 0, bad: 0, seconds: 0 };

/**
 * What was counted between two readings. A counter that fell was reset: what it shows was counted since. One
 * that is new began at zero. One that is missing says nothing.
 * @param sums whether a counter may be the sum of several, of which one was reset: what it shows is then old and new together, and counts for nothing
 */
export function countsBetween(before: Counters, now: Counters, sums: boolean): Counts {
  return Object.entries(now).reduce((sum, [name, counts]) => addCounts(sum, countedSince(before[name], counts, sums)), NO_COUNTS);
}

export function addCounts(a: Counts, b: Counts): Counts {
  return { ...addTallies(a, b), seconds: a.seconds === null || b.seconds === null ? null : a.seconds + b.seconds };
}

/** Whether counts are numbers that can have been counted. */
export function areCounts({ total, bad, seconds }: Counts): boolean {
  return [total, bad, seconds ?? 0].every((value) => Number.isFinite(value) && value >= 0);
}

function countedSince(before: Counts | undefined, now: Counts, sums: boolean): Counts {
  if (before === undefined) return now;
  if (now.total < before.total || now.bad < before.bad) return sums ? NO_COUNTS : now;
  const seconds = now.seconds === null || before.seconds === null ? null : Math.max(0, now.seconds - before.seconds);
  return { total: now.total - before.total, bad: now.bad - before.bad, seconds };
}
