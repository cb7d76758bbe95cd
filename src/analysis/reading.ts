import type { Counters } from "./counters.ts";

/** What a source of metrics says of one metric at one moment. */
export type Reading =
  /**
   * `without` is null where nobody is without the flag. A counter has the same name at each reading, and is on one
   * side only. `wording` is what became of bad events, for people: `failed`.
   */
  | {
      readonly kind: "counts";
      readonly withFlag: Counters;
      readonly without: Counters | null;
      readonly wording: string;
      /** Whether a counter may be the sum of several: one that falls is then no new beginning at zero. */
      readonly sums?: true;
    }
  | { readonly kind: "value"; readonly value: number }
  /** No facts, and why: nothing that a promotion could go on by. */
  | { readonly kind: "silent"; readonly reason: string };

/** By name of the metric. */
export type Readings = Readonly<Record<string, Reading>>;

/** @param reason ends a sentence that begins with the metric's name */
export function silent(reason: string): Reading {
  return { kind: "silent", reason };
}
