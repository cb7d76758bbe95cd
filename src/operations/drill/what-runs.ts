import type { Update } from "../history.ts";
import type { Passage } from "./report.ts";

/**
 * The update whose state a stage runs after a drill.
 * @param from the update that ran before
 * @returns null where an update failed half-way, or someone else has changed the stage
 */
export function whatRuns(history: readonly Update[], from: number, back: Passage, forward: Passage | null): number | null {
  const last = history.findLast(({ succeeded, kind, changedResources }) => kind !== "refresh" && (succeeded || changedResources));
  if (last?.succeeded !== true) return null;
  switch (last.number) {
    case from:
    case forward?.update:
      return from;
    case back.update:
      return back.to;
    default:
      return null;
  }
}
