import { type Entry, type EntryDraft, type Link, sealEntry } from "../../src/operations/audit/entry.ts";

/** An entry that a step of a promotion leaves. */
export function draft(changes: Partial<EntryDraft> = {}): EntryDraft {
  return {
    at: new Date("2027-01-31T02:00:00Z"),
    stage: "dev",
    operation: "step",
    run: "run-1",
    subject: "MY_FLAG",
    by: "ann@example.org",
    reason: null,
    from: 5,
    to: 25,
    gates: [{ gate: "soak", holds: true, fact: "fully on in dev for 25 h" }],
    result: "done",
    update: 3,
    durations: { active: 1_500, waiting: 600_000 },
    details: { requests: 1_000 },
    ...changes,
  };
}

/** Entries chained as they are written. */
export function chain(drafts: readonly EntryDraft[]): Entry[] {
  let last: Link | null = null;
  return drafts.map((one) => {
    const entry: Entry = sealEntry(one, last);
    last = entry;
    return entry;
  });
}
