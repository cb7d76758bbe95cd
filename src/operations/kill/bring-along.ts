import { type Books, openBooks } from "../bookkeeping.ts";
import { readRecordOrNull } from "../state-files.ts";
import type { Kill, KillEvent } from "./kill.ts";
import { reconcile } from "./reconcile.ts";

/**
 * Brings the state along after a kill, and leaves its entry.
 * @param books those of a larger operation; its own when null
 * @returns the update that took the kill up, null when there was none and the next `up` does it; and what could not be written down or told
 */
export async function bringAlong(
  kill: Kill,
  reason: string,
  books: Books | null,
  onEvent: (event: KillEvent) => void,
): Promise<{ readonly update: number | null; readonly warnings: readonly string[] }> {
  const own = books ?? (await openBooks(kill.project, kill.stage, kill.stackFile ?? { path: "", config: {} }));
  const started = performance.now();
  const before = await readRecordOrNull(kill.project, kill.stage).catch(() => null);
  const update = await reconcile(kill, reason, onEvent);
  await own.record({
    operation: "kill",
    subject: kill.subject.name,
    reason,
    from: kill.subject.route === null ? (before?.exposures[kill.subject.flag] ?? null) : "there",
    to: kill.subject.route === null ? 0 : "gone",
    gates: [],
    result: kill.stranded.length > 0 && update === null ? "unproven" : "done",
    update,
    durations: { active: (kill.trafficOff ?? 0) + performance.now() - started, waiting: 0 },
    details: { trafficOff: kill.trafficOff, flags: [...kill.subject.flags], stranded: [...kill.stranded] },
  });
  return { update, warnings: books === null ? await own.close() : [] };
}
