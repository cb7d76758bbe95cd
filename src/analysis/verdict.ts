import type { Counts } from "./counters.ts";
import type { Tally } from "./tally.ts";

/** What the facts say of a step so far. Whether its time is over is not decided here. */
export type Verdict =
  /** Nothing speaks against the next step. */
  | { readonly verdict: "go on"; readonly figures: Figures }
  /** Facts are missing, or not enough; by metric, in words. */
  | { readonly verdict: "hold"; readonly reasons: readonly HoldReason[]; readonly figures: Figures }
  /** The flag must go back. */
  | { readonly verdict: "breach"; readonly breaches: readonly Breach[]; readonly figures: Figures };

export interface HoldReason {
  readonly metric: string;
  readonly reason: string;
}

export type Breach =
  /** Bad events are more frequent with the flag than without. Both tallies are of the time since it went wrong. */
  | {
      readonly kind: "worse";
      readonly metric: string;
      readonly wording: string;
      readonly withFlag: Tally;
      readonly without: Tally;
      readonly evidence: number;
      readonly needed: number;
    }
  /** Bad events are more frequent than the limit. */
  | {
      readonly kind: "limit";
      readonly metric: string;
      readonly wording: string;
      readonly withFlag: Tally;
      readonly limit: number;
      readonly evidence: number;
      readonly needed: number;
    }
  /** A value was out of bounds too many times in a row. */
  | {
      readonly kind: "bounds";
      readonly metric: string;
      readonly value: number;
      readonly min: number | null;
      readonly max: number | null;
      readonly times: number;
    };

/** By name of the metric, what a person watching wants to see. */
export type Figures = Readonly<Record<string, Figure>>;

export type Figure =
  | {
      readonly kind: "share";
      /** What became of bad events, such as `failed`; as the last reading has it. */
      readonly wording: string;
      /** Since the step began. */
      readonly withFlag: SideFigure;
      /** Since the step began; null where nobody is without the flag. */
      readonly without: SideFigure | null;
      readonly limit: number | null;
      /** E-values of the two tests since the promotion began, null for a test that is not made; a breach at `needed`. */
      readonly worse: number | null;
      readonly overLimit: number | null;
      readonly needed: number;
    }
  | {
      readonly kind: "value";
      /** The last that was read; null before any. */
      readonly value: number | null;
      readonly min: number | null;
      readonly max: number | null;
      readonly timesOutOfBounds: number;
      readonly failures: number;
    };

export interface SideFigure extends Tally {
  /** Bad events among all; null where there are none. */
  readonly share: number | null;
  /** Mean duration of a request; null where it is not known. */
  readonly meanSeconds: number | null;
}

export function sideFigure({ total, bad, seconds }: Counts): SideFigure {
  return { total, bad, share: total === 0 ? null : bad / total, meanSeconds: total === 0 || seconds === null ? null : seconds / total };
}

/** A breach in one line for people. */
export function describeBreach(breach: Breach): string {
  switch (breach.kind) {
    case "worse":
      return `${breach.metric}: ${shareText(breach, breach.withFlag)} with the flag, ${shareText(breach, breach.without)} without (${evidenceText(breach)})`;
    case "limit":
      return `${breach.metric}: ${shareText(breach, breach.withFlag)} with the flag, at most ${percent(breach.limit)} allowed (${evidenceText(breach)})`;
    case "bounds":
      return `${breach.metric}: ${breach.value}, ${boundText(breach)}, ${breach.times} times in a row`;
    default:
      return breach satisfies never;
  }
}

/** Which bound a value is beyond. */
export function boundText({ value, min, max }: { readonly value: number; readonly min: number | null; readonly max: number | null }): string {
  return min !== null && value < min ? `below ${min}` : `above ${max ?? "nothing"}`;
}

function shareText({ wording }: { readonly wording: string }, { total, bad }: Tally): string {
  return total === 0 ? "none" : `${percent(bad / total)} ${wording} (${bad} of ${total})`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

function evidenceText({ evidence, needed }: { readonly evidence: number; readonly needed: number }): string {
  const figure = (value: number): string => (value >= 1e6 ? value.toExponential(0).replace("e+", "e") : String(Math.round(value)));
  return `evidence ${figure(evidence)}, ${figure(needed)} suffices`;
}
