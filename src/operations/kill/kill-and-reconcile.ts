import { type Books, openBooks } from "../bookkeeping.ts";
import { type Kill, type KillEvent, kill } from "./kill.ts";
import { reconcile } from "./reconcile.ts";

export interface Killed {
  readonly kill: Kill;
  /** The update that took the kill up; null when there was none, and the next `up` does it. */
  readonly update: number | null;
}

/**
 * Takes traffic off, writes the config, brings the state along, and leaves an entry, in this order: what
 * comes later never holds up what comes before.
 * @param open opens the books once traffic is off, or books that are open
 * @throws OperationError when there is no such stage, flag or route; nothing was changed then
 */
export async function killAndReconcile(
  root: string,
  { stage, name, reason }: { readonly stage: string; readonly name: string; readonly reason: string },
  books: Books | null,
  onEvent: (event: KillEvent) => void,
  started = performance.now(),
): Promise<Killed & { readonly warnings: readonly string[] }> {
  const done = await kill(root, stage, name, started, onEvent);
  const own = books ?? (await openBooks(done.project, stage, done.stackFile));
  const update = await reconcile(done, reason, onEvent);
  await own.record({
    operation: "kill",
    subject: done.subject.name,
    reason,
    from: null,
    to: "killed",
    gates: [],
    result: done.stranded.length > 0 && update === null ? "unproven" : "done",
    update,
    durations: { active: performance.now() - started, waiting: 0 },
    details: { trafficOff: done.trafficOff, flags: [...done.subject.flags], stranded: [...done.stranded] },
  });
  return { kill: done, update, warnings: books === null ? await own.close() : [] };
}
