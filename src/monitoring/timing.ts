import { formatPromDuration } from "./promql.ts";

/** Two windows over which an error budget must burn too fast at once: the long one shows that it matters, the short one that it still does. */
export interface BurnWindow {
  readonly severity: "critical" | "warning";
  /** Milliseconds. */
  readonly long: number;
  readonly short: number;
  /** How many times faster than its whole period would use it up. */
  readonly factor: number;
}

/** Spans of monitoring, in milliseconds. */
export interface Timing {
  readonly burn: readonly BurnWindow[];
  /** Over which the sides of a flag are compared. */
  readonly comparison: number;
  /** Over which the split is held against the plan, and how long the exposure must have been the same. */
  readonly split: number;
  /** How long what is seen of traffic must hold before it is told. */
  readonly hold: number;
  /** How long a state that someone may be mending must hold before it is told. */
  readonly patience: number;
  /** Age at which facts count as missing. */
  readonly stale: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Windows and factors of the Google SRE workbook, chapter "Alerting on SLOs", multiwindow, multi-burn-rate alerts, for a period of 30 days. */
export const STANDARD_TIMING: Timing = {
  burn: [
    { severity: "critical", long: HOUR, short: 5 * MINUTE, factor: 14.4 },
    { severity: "critical", long: 6 * HOUR, short: 30 * MINUTE, factor: 6 },
    { severity: "warning", long: DAY, short: 2 * HOUR, factor: 3 },
    { severity: "warning", long: 3 * DAY, short: 6 * HOUR, factor: 1 },
  ],
  comparison: 5 * MINUTE,
  split: HOUR,
  hold: 5 * MINUTE,
  patience: 10 * MINUTE,
  stale: 15 * MINUTE,
};

/** The windows over which rates are recorded, from the shortest, in PromQL's form: error budgets are watched with the flag only. */
export function recordedWindows({ burn, comparison, split }: Timing, side: "with" | "without"): string[] {
  const all = [comparison, split, ...(side === "with" ? burn.flatMap(({ long, short }) => [long, short]) : [])];
  return [...new Set(all)].sort((a, b) => a - b).map(formatPromDuration);
}
