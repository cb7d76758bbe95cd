import { describe, expect, it } from "vitest";
import type { Update } from "../../../../src/operations/history.ts";
import { lastChanges } from "../../../../src/operations/status/last-changes.ts";

type Written = readonly [exposures: Readonly<Record<string, number>> | null, changes?: Partial<Update>];

/** Updates from 1 on, each with the exposures after it; null for a config that cannot be read any more. */
function changesIn(updates: readonly Written[], flags: readonly string[]): { readonly found: Record<string, number>; readonly read: number } {
  const history = updates.map(([exposures, changes], index): Update => {
    const at = new Date(index);
    const base = { kind: "update", succeeded: true, changedResources: true, startedAt: at, endedAt: at, message: "", by: null, checkpointPath: "" };
    return { ...base, number: index + 1, config: { exposures }, ...changes };
  });
  let read = 0;
  const found = lastChanges(history, flags, ({ number }) => {
    read += 1;
    const exposures = updates[number - 1]?.[0] ?? null;
    return exposures === null ? null : new Map(Object.entries(exposures));
  });
  return { found: Object.fromEntries([...found].map(([flag, { number }]) => [flag, number])), read };
}

describe("the newest update that changed who sees a flag", () => {
  it.each<readonly [string, readonly Written[], Record<string, number>]>([
    ["is the first that had it", [[{ A: 5 }]], { A: 1 }],
    ["is not there where no one ever had it", [[{ A: 0 }], [{ A: 0 }]], {}],
    ["is not one that left it as it was", [[{ A: 0 }], [{ A: 5 }], [{ A: 5, B: 1 }]], { A: 2, B: 3 }],
    ["is the one that took it away", [[{ A: 5 }], [{ A: 0 }], [{ A: 0 }]], { A: 2 }],
    ["is not one that failed", [[{ A: 5 }], [{ A: 25 }, { succeeded: false }]], { A: 1 }],
    ["is not a refresh", [[{ A: 5 }], [{ A: 0 }, { kind: "refresh" }]], { A: 1 }],
    ["is a destroy", [[{ A: 5 }], [{}, { kind: "destroy" }]], { A: 2 }],
    ["is the one that brought it back after a destroy", [[{ A: 5 }], [{}, { kind: "destroy" }], [{ A: 5 }]], { A: 3 }],
    ["is the next that can be read, where a config cannot", [[{ A: 5 }], [null], [{ A: 25 }]], { A: 3 }],
    ["is the one that brought the flag into the catalogue with it on", [[{}], [{ A: 5 }]], { A: 2 }],
  ])("%s", (_case, updates, expected) => {
    expect(changesIn(updates, ["A", "B"]).found).toEqual(expected);
  });

  it("is looked for no further back than it must", () => {
    expect(changesIn([[{ A: 1 }], [{ A: 5 }], [{ A: 5 }], [{ A: 25 }]], ["A"])).toEqual({ found: { A: 4 }, read: 2 });
  });
});
