import type { Update } from "../history.ts";
import type { Entry } from "./entry.ts";
import type { AuditFault } from "./verify.ts";
import { names } from "./who-made.ts";

/** Whether the message of an update says that `sluice` made it. */
export function isMadeBySluice(message: string): boolean {
  return /^(rollback (of \w+ )?to update \d+$|sluice )/.test(message);
}

/**
 * Finds updates of `sluice` that no entry names: the entry was removed from the end, where a chain alone
 * does not show it, or its process died before it could write.
 * @param isOurs whether a message is one of ours
 */
export function findUnrecorded(
  entries: readonly Entry[],
  updates: readonly Pick<Update, "number" | "message" | "endedAt" | "succeeded" | "changedResources">[],
  isOurs: (message: string) => boolean = isMadeBySluice,
): AuditFault[] {
  return updates
    .filter(({ message, succeeded, changedResources }) => isOurs(message) && (succeeded || changedResources))
    .filter((update) => !entries.some((entry) => names(entry, update)))
    .map(({ number, message }) => ({
      kind: "unrecorded" as const,
      line: null,
      text: `update ${number} (${message.split("\n")[0] ?? ""}) has no entry: it was removed, or its process ended before it was written`,
    }));
}
