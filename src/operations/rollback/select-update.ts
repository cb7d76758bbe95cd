import { canonicalJson } from "../../plan/canonical.ts";
import { OperationError } from "../errors.ts";
import type { Update } from "../history.ts";

/** Which update to go back to: a number, the last one before a moment, or the one before what runs now. */
export type Selector = { readonly kind: "number"; readonly number: number } | { readonly kind: "time"; readonly time: Date } | { readonly kind: "previous" };

/** Reads the value of `--to`. @throws OperationError when it is neither a number nor a time */
export function parseSelector(text: string | undefined): Selector {
  if (text === undefined) return { kind: "previous" };
  if (/^\d+$/.test(text)) return { kind: "number", number: Number(text) };
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) {
    throw new OperationError("config", `--to ${text} is neither the number of an update nor a time. Numbers: sluice history; times: 2027-01-31T02:00:00Z.`);
  }
  return { kind: "time", time };
}

/** The message of an update that was a rollback of a stage, or of one flag in it; the next rollback goes on from there. */
export function rollbackMessage(target: Update, flag: string | null): string {
  return flag === null ? `rollback to update ${target.number}` : `rollback of ${flag} to update ${target.number}`;
}

/**
 * Picks the update whose state is to be restored. Without a choice that is the newest one whose config
 * differs from what runs now. After a rollback it goes on backwards, never forwards to what was undone;
 * after an update that failed half-way it is the state that this began with; and after a kill or the
 * rollback of one flag it is one that brings nothing back.
 * @param raises whether an update's state would show a flag to more people than what runs now
 * @throws OperationError when there is none, with those that there are
 */
export function selectUpdate(history: readonly Update[], selector: Selector, raises: (update: Update) => boolean = () => false): Update {
  const possible = history.filter((update) => update.succeeded && update.kind === "update");
  const numbers = possible.map((update) => update.number).join(", ");
  switch (selector.kind) {
    case "number": {
      const found = possible.find((update) => update.number === selector.number);
      if (found === undefined) throw new OperationError("missing", `There is no update ${selector.number} to go back to; there is ${numbers}.`);
      return found;
    }
    case "time": {
      const found = possible.findLast((update) => update.endedAt <= selector.time);
      if (found === undefined)
        throw new OperationError(
          "missing",
          `No update had succeeded by ${selector.time.toISOString()}; the oldest is ${possible[0]?.endedAt.toISOString() ?? "none"}.`,
        );
      return found;
    }
    case "previous": {
      const found = previousUpdate(history, possible, raises);
      if (found === undefined)
        throw new OperationError("missing", "There is no earlier state to go back to: every update before had the config that runs now.");
      return found;
    }
  }
}

/** The state to fall back to when nothing is said: see `selectUpdate`. */
function previousUpdate(history: readonly Update[], possible: readonly Update[], raises: (update: Update) => boolean): Update | undefined {
  const last = history.findLast((update) => (update.kind === "update" || update.kind === "destroy") && (update.succeeded || update.changedResources));
  const before = (position: Update | undefined): Update[] => possible.filter((update) => update.number < (position?.number ?? 0));
  if (last?.succeeded === false) {
    // Half an update runs: the way back is what it began with, or what a failed rollback was aiming at.
    return rolledBackTo(history, last) ?? before(last).at(-1);
  }
  if (last !== undefined && TOOK_BACK.test(last.message)) {
    const now = canonicalJson(last.config);
    return before(last).findLast((update) => canonicalJson(update.config) !== now && !raises(update));
  }
  let position = last;
  for (let aim = last && rolledBackTo(history, last); aim !== undefined; aim = rolledBackTo(history, aim)) position = aim;
  const config = canonicalJson(position?.config);
  return before(position).findLast((update) => position?.kind === "destroy" || canonicalJson(update.config) !== config);
}

/** The messages of updates that took one flag away and left the others. */
const TOOK_BACK = /^(rollback of|sluice kill) /;

function rolledBackTo(history: readonly Update[], update: Update): Update | undefined {
  const number = /^rollback to update (\d+)$/.exec(update.message)?.[1];
  return number === undefined ? undefined : history.find((other) => other.number === Number(number) && other.number < update.number);
}
