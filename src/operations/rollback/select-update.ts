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

/** The message of an update that was a rollback; the next rollback goes on from there. */
export function rollbackMessage(target: Update): string {
  return `rollback to update ${target.number}`;
}

/**
 * Picks the update whose state is to be restored. Without a choice that is the newest one whose config
 * differs from what runs now; after a rollback it goes on backwards, never forwards to what was undone.
 * @throws OperationError when there is none, with those that there are
 */
export function selectUpdate(history: readonly Update[], selector: Selector): Update {
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
      const position = runningUpdate(history);
      const config = canonicalJson(position?.config);
      const found = possible.findLast(
        (update) => update.number < (position?.number ?? 0) && (position?.kind === "destroy" || canonicalJson(update.config) !== config),
      );
      if (found === undefined)
        throw new OperationError("missing", "There is no earlier state to go back to: every update before had the config that runs now.");
      return found;
    }
  }
}

/** The update whose state runs now: the last that succeeded, or the one that it rolled back to. */
function runningUpdate(history: readonly Update[]): Update | undefined {
  let position = history.findLast((update) => update.succeeded && (update.kind === "update" || update.kind === "destroy"));
  for (;;) {
    const target = /^rollback to update (\d+)$/.exec(position?.message ?? "")?.[1];
    if (target === undefined) return position;
    position = history.find((update) => update.number === Number(target));
  }
}
