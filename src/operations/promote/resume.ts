import type { Entry } from "../audit/entry.ts";
import { names } from "../audit/who-made.ts";
import type { Update } from "../history.ts";

/** The message of an update that a promotion made: by it a second start finds where the first one was. */
export function promoteMessage(flag: string, exposure: number, origin: number): string {
  return `sluice promote ${flag} to ${exposure} (from update ${origin})`;
}

/** The step of a promotion that runs now. */
export interface LastStep {
  /** Its update, and when that ended. */
  readonly update: number;
  readonly endedAt: Date;
  readonly exposure: number;
  /** The update before the promotion. */
  readonly origin: number;
}

/**
 * Finds the step of a promotion after which nothing else was said of the flag.
 * @param history oldest first
 * @param said what an update's config says of the flag, in any form that can be compared
 */
export function findLastStep(history: readonly Update[], flag: string, said: (update: Update) => string): LastStep | null {
  const pattern = new RegExp(`^sluice promote ${flag} to (\\d+) \\(from update (\\d+)\\)$`);
  const updates = history.filter((update) => update.succeeded && update.kind === "update");
  const step = updates.findLast(({ message }) => pattern.test(message));
  const last = updates.at(-1);
  if (step === undefined || last === undefined || said(step) !== said(last)) return null;
  const [, exposure, origin] = pattern.exec(step.message) ?? [];
  return { update: step.number, endedAt: step.endedAt, exposure: Number(exposure), origin: Number(origin) };
}

/** Whether the promotion of a step came to its end; what ended in any other way goes on with a second start. */
export function isFinished(entries: readonly Entry[], flag: string, step: LastStep): boolean {
  const watched = entries.find((entry) => isOf(entry, step));
  return entries.some(
    (entry) =>
      entry.operation === "promote" &&
      entry.subject === flag &&
      entry.result === "done" &&
      entry.to === step.exposure &&
      entry.sequence > (watched?.sequence ?? Infinity),
  );
}

/** Whether a step was watched to its end. */
export function isWatched(entries: readonly Entry[], step: LastStep): boolean {
  return entries.some((entry) => isOf(entry, step) && entry.result === "done");
}

function isOf(entry: Entry, { update, endedAt }: LastStep): boolean {
  return entry.operation === "step" && names(entry, { number: update, endedAt });
}
