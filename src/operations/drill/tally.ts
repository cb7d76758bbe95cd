import type { Answer } from "../../net/ask.ts";
import { isAnswered, markIn } from "../../traffic/probe-routes.ts";
import type { DrillVisitor } from "./visitors.ts";

/** Where a stage is on its way to: the earlier state, or forward again to what ran. */
export type Way = "back" | "forward";

/** What the answers on one way came to. */
export interface Tally {
  readonly requests: number;
  readonly lost: number;
  /** Why requests were lost, with how many were. */
  readonly losses: Readonly<Record<string, number>>;
  /** Moment of the last answer that only the state that is left gives, of `performance.now()`; null where there was none. */
  readonly lastOld: number | null;
}

export const NO_ANSWERS: Tally = { requests: 0, lost: 0, losses: {}, lastOld: null };

/** What one answer says: of the state that is left, of the one that is reached, of either, or that the request was lost. */
export type Verdict = { readonly kind: "old" | "new" | "either" } | { readonly kind: "lost"; readonly why: string };

/** Judges an answer by the mark of its variant. One of a variant that neither state has for the visitor counts as lost. */
export function judgeAnswer({ now, then }: Pick<DrillVisitor, "now" | "then">, way: Way, answer: Answer): Verdict {
  if (answer.error !== null) return { kind: "lost", why: answer.error };
  if (!isAnswered(answer)) return { kind: "lost", why: `status ${answer.status}` };
  const mark = markIn(answer);
  const [left, reached] = way === "back" ? [now, then] : [then, now];
  if (left.includes(mark)) return { kind: reached.includes(mark) ? "either" : "old" };
  if (reached.includes(mark)) return { kind: "new" };
  return { kind: "lost", why: mark === "" ? `status ${answer.status} from no variant` : "an answer of a variant that neither state has for this visitor" };
}

/** @param at when the answer came, of `performance.now()` */
export function countAnswer(tally: Tally, verdict: Verdict, at: number): Tally {
  const requests = tally.requests + 1;
  switch (verdict.kind) {
    case "lost":
      return { ...tally, requests, lost: tally.lost + 1, losses: { ...tally.losses, [verdict.why]: (tally.losses[verdict.why] ?? 0) + 1 } };
    case "old":
      return { ...tally, requests, lastOld: at };
    case "new":
    case "either":
      return { ...tally, requests };
    default:
      return verdict satisfies never;
  }
}
