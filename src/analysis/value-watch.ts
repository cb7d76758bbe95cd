import type { Metric } from "../model/catalog.ts";
import type { Reading } from "./reading.ts";
import { type Breach, boundText, type Figure } from "./verdict.ts";

/** What is remembered of a metric that is one number, held against bounds only: no test, and no promise about false alarms. Plain data. */
export interface ValueWatch {
  readonly kind: "value";
  readonly min: number | null;
  readonly max: number | null;
  readonly failures: number;
  /** The last that was read; null before any. */
  readonly value: number | null;
  /** In a row, silence left out. */
  readonly timesOutOfBounds: number;
}

export function startValueWatch({ min, max, failures }: Extract<Metric, { kind: "value" }>): ValueWatch {
  return { kind: "value", min, max, failures, value: null, timesOutOfBounds: 0 };
}

/** The watch after one more reading; and why it cannot be used, where it cannot. */
export function lookAtValue(watch: ValueWatch, reading: Reading): { readonly watch: ValueWatch; readonly unusable: string | null } {
  if (reading.kind === "silent") return { watch, unusable: reading.reason };
  if (reading.kind === "counts") return { watch, unusable: "the source gives counts where one number was expected" };
  const { value } = reading;
  if (!Number.isFinite(value)) return { watch, unusable: "the source gives a number that is none" };
  const isOut = (watch.min !== null && value < watch.min) || (watch.max !== null && value > watch.max);
  return { watch: { ...watch, value, timesOutOfBounds: isOut ? watch.timesOutOfBounds + 1 : 0 }, unusable: null };
}

/** Why a value cannot be judged yet, in words. */
export function reasonsToHoldValue(watch: ValueWatch): string[] {
  const { value, min, max, timesOutOfBounds, failures } = watch;
  return value === null || timesOutOfBounds === 0 ? [] : [`${value} is ${boundText({ value, min, max })}, ${timesOutOfBounds} of ${failures} times`];
}

export function breachesOfValue(metric: string, watch: ValueWatch): Breach[] {
  const { value, min, max, timesOutOfBounds, failures } = watch;
  return value === null || timesOutOfBounds < failures ? [] : [{ kind: "bounds", metric, value, min, max, times: timesOutOfBounds }];
}

export function valueFigure(watch: ValueWatch): Figure {
  return watch;
}
