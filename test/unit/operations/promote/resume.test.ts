import { describe, expect, it } from "vitest";
import type { Entry } from "../../../../src/operations/audit/entry.ts";
import type { Update } from "../../../../src/operations/history.ts";
import { findLastStep, isFinished, isWatched, promoteMessage } from "../../../../src/operations/promote/resume.ts";

function update(number: number, said: string, message = "", changes: Partial<Update> = {}): Update {
  return {
    number,
    kind: "update",
    succeeded: true,
    changedResources: true,
    startedAt: new Date(0),
    endedAt: new Date(0),
    message,
    by: null,
    config: { said },
    checkpointPath: "",
    ...changes,
  };
}
const said = ({ config }: Update): string => String(config["said"]);
const find = (...history: readonly Update[]): ReturnType<typeof findLastStep> => findLastStep(history, "A", said);

describe("the step that a promotion left", () => {
  const before = update(1, "0");
  const step = update(2, "5", promoteMessage("A", 5, 1));
  it("is the newest of the flag", () => {
    expect(find(before, step)).toMatchObject({ update: 2, exposure: 5, origin: 1 });
    expect(find(before, step, update(3, "25", promoteMessage("A", 25, 1)))).toMatchObject({ update: 3, exposure: 25, origin: 1 });
  });
  it("stays where only other flags changed since", () => {
    expect(find(before, step, update(3, "5", "B"))).toMatchObject({ update: 2, exposure: 5, origin: 1 });
  });
  it("is none once something else was said of the flag", () => {
    expect(find(before, step, update(3, "0", "rollback to update 1"))).toBeNull();
  });
  it("is none of another flag, or one that failed", () => {
    expect(find(before, update(2, "5", promoteMessage("B", 5, 1)))).toBeNull();
    expect(find(before, update(2, "5", promoteMessage("A", 5, 1), { succeeded: false }))).toBeNull();
  });
});

describe("what the audit knows of it", () => {
  const step = { update: 2, endedAt: new Date("2026-12-31T23:59:00Z"), exposure: 5, origin: 1 };
  const entry = (sequence: number, changes: Partial<Entry>): Entry => ({
    sequence,
    at: "2027-01-01T00:00:00Z",
    stage: "dev",
    operation: "step",
    run: "r",
    subject: "A",
    by: "ann",
    reason: null,
    from: 0,
    to: 5,
    gates: [],
    result: "done",
    update: 2,
    durations: null,
    details: null,
    previous: null,
    hash: "",
    ...changes,
  });
  const end = (sequence: number, changes: Partial<Entry> = {}): Entry => entry(sequence, { operation: "promote", update: null, ...changes });

  it.each([
    ["nothing", [], false, false],
    ["a step that was watched, and no end", [entry(1, {})], true, false],
    ["a step and the end", [entry(1, {}), end(2)], true, true],
    ["an end of an earlier promotion", [end(1), entry(2, {})], true, false],
    ["a step that was held, and so its promotion", [entry(1, { result: "held" }), end(2, { result: "held" })], false, false],
    ["a step of an earlier stack, whose numbers began anew", [entry(1, { at: "2026-01-01T00:00:00Z" }), end(2, { at: "2026-01-01T00:00:00Z" })], false, false],
    ["the end of another flag's", [entry(1, {}), end(2, { subject: "B" })], true, false],
  ])("%s", (_case, entries, watched, finished) => {
    expect(isWatched(entries, step)).toBe(watched);
    expect(isFinished(entries, "A", step)).toBe(finished);
  });
});
