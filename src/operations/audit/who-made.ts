import type { Update } from "../history.ts";
import type { Entry } from "./entry.ts";

/** Milliseconds by which the clocks of two machines may differ. */
const CLOCK_SKEW = 60_000;

/** Who made an update, and what says so: the audit, or the commit that was checked out, whose author need not have run it. */
export interface Who {
  readonly name: string;
  readonly source: "audit" | "commit";
}

/** Null where neither the audit nor the history says who. */
export function whoMade(update: Pick<Update, "number" | "endedAt" | "by">, entries: readonly Entry[]): Who | null {
  const entry = entries.find((one) => names(one, update));
  if (entry !== undefined) return { name: entry.by, source: "audit" };
  return update.by === null ? null : { name: update.by, source: "commit" };
}

/** Whether an entry names an update. One that is older is of an earlier stack of that name, whose numbers began anew. */
export function names(entry: { readonly update: number | null; readonly at: string }, { number, endedAt }: Pick<Update, "number" | "endedAt">): boolean {
  return entry.update === number && Date.parse(entry.at) >= endedAt.getTime() - CLOCK_SKEW;
}
