import { type Row, seconds, verdict } from "./rows.ts";

/** What a time stands beside. */
export interface Floor {
  readonly name: string;
  /** Milliseconds of all that it consists of; their sum counts. */
  readonly times: readonly number[];
  /** How many times the floor the time may be; null for any. */
  readonly limit: number | null;
}

/** What has to hold beside the limits of time, in words. */
export interface Condition {
  readonly what: string;
  readonly held: boolean;
}

/**
 * A time beside several floors: each has its ratio and its limit, in the same order, and is judged before it is rounded.
 * @param time in milliseconds
 */
export function beside(what: string, time: number, floors: readonly Floor[], conditions: readonly Condition[] = []): Row {
  const judged = floors.map((floor) => ({ ...floor, ratio: time / floor.times.reduce((sum, part) => sum + part, 0) }));
  const limits = judged.map(({ ratio, limit }) => (limit === null ? "none" : `${limit}: ${verdict(ratio <= limit)}`));
  return {
    what: `${what}; ${floors.length === 1 ? "floor" : "floors"}: ${floors.map(({ name }) => name).join("; ")}`,
    measured: seconds(time),
    floor: floors.map(({ times }) => times.map(seconds).join(" + ")).join("; "),
    ratio: judged.map(({ ratio }) => ratio.toFixed(2)).join("; "),
    limit: [
      ...(floors.every(({ limit }) => limit === null) ? [] : limits),
      ...conditions.map((condition) => `${condition.what}: ${verdict(condition.held)}`),
    ].join("; "),
  };
}
