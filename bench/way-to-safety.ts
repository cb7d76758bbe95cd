import { median, type Row, verdict } from "./rows.ts";

/** One time that a flag was taken off by some way while visitors came. */
export interface Escape {
  /** Milliseconds from the beginning to the last answer of the variant with the flag. */
  readonly off: number;
  readonly requests: number;
  readonly lost: number;
  /** What is left to do afterwards, in words; null where nothing is. */
  readonly left: string | null;
}

/** A way to take a flag off. */
export interface Way {
  readonly what: string;
  readonly escapes: readonly Escape[];
  /** Of a way of Sluice's, which may lose no request and leave nothing to do; null for a way that it is compared with. */
  readonly goal: Goal | null;
}

export interface Goal {
  /** Milliseconds that it may take; null for any. */
  readonly within: number | null;
}

/** Each way beside the first, which is the floor. */
export function escapeRows(ways: readonly Way[]): Row[] {
  const floor = median(ways[0]?.escapes.map(({ off }) => off) ?? []);
  return ways.map(({ what, escapes, goal }) => {
    const off = median(escapes.map((escape) => escape.off));
    const [lost, requests] = [sum(escapes.map((escape) => escape.lost)), sum(escapes.map((escape) => escape.requests))];
    const left = [...new Set(escapes.flatMap((escape) => (escape.left === null ? [] : [escape.left])))];
    return {
      what: `${what}; afterwards: ${left.length === 0 ? "nothing left to do" : left.join(", ")}`,
      measured: `${off.toFixed(0)} ms, ${lost} of ${requests} lost`,
      floor: `${floor.toFixed(0)} ms`,
      ratio: (off / floor).toFixed(2),
      limit: goal === null ? "" : judge(goal, off, lost === 0 && left.length === 0),
    };
  });
}

function judge({ within }: Goal, off: number, clean: boolean): string {
  const time = within === null ? [] : [`${within.toFixed(0)} ms: ${verdict(off <= within)}`];
  return [...time, `none lost, nothing left: ${verdict(clean)}`].join("; ");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
