import type { Update } from "../history.ts";

/** Per cent of visitors by flag after an update; null where its config cannot be read any more. */
export type ExposuresOf = (update: Update) => ReadonlyMap<string, number> | null;

/**
 * For each flag, the newest successful update that changed who sees it. A flag that never changed is
 * absent. Reads no more of the history than it needs.
 */
export function lastChanges(history: readonly Update[], flags: Iterable<string>, exposuresOf: ExposuresOf): Map<string, Update> {
  const found = new Map<string, Update>();
  const open = new Set(flags);
  let later: { readonly update: Update; readonly exposures: ReadonlyMap<string, number> } | null = null;
  for (const update of history.toReversed()) {
    if (open.size === 0) break;
    const exposures = settled(update, exposuresOf);
    if (exposures === null) continue;
    if (later !== null) take(open, found, later.update, later.exposures, exposures);
    later = { update, exposures };
  }
  if (later !== null) take(open, found, later.update, later.exposures, new Map());
  return found;
}

/** Null for what left the exposures as they were, as far as is known. */
function settled(update: Update, exposuresOf: ExposuresOf): ReadonlyMap<string, number> | null {
  if (!update.succeeded) return null;
  if (update.kind === "destroy") return new Map();
  return update.kind === "update" ? exposuresOf(update) : null;
}

/** Closes the flags that an update has given another exposure than they had before it. */
function take(open: Set<string>, found: Map<string, Update>, update: Update, after: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): void {
  for (const flag of open) {
    if ((after.get(flag) ?? 0) === (before.get(flag) ?? 0)) continue;
    found.set(flag, update);
    open.delete(flag);
  }
}
