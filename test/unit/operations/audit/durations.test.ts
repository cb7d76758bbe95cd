import { describe, expect, it } from "vitest";
import { readDurations } from "../../../../src/operations/audit/durations.ts";
import { chain, draft } from "../../../support/audit.ts";

const at = (minute: number): Date => new Date(Date.UTC(2027, 0, 31, 2, minute));

describe("durations", () => {
  it("are kept for each step and outcome, work and waiting apart", () => {
    const entries = chain([
      draft({ at: at(1), run: "a", from: 0, to: 5, update: 2, durations: { active: 900, waiting: 60_000 } }),
      draft({ at: at(2), run: "a", from: 5, to: 25, update: 3, durations: { active: 800, waiting: 4_000 }, result: "breached" }),
      draft({ at: at(2), run: "a", operation: "rollback", update: 4, durations: { active: 1_000, waiting: 0 } }),
      draft({
        at: at(3),
        run: "a",
        operation: "promote",
        from: 0,
        to: 100,
        update: null,
        durations: { active: 2_900, waiting: 64_000 },
        result: "rolled-back",
      }),
    ]);
    expect(readDurations(entries)).toEqual([
      {
        run: "a",
        flag: "MY_FLAG",
        by: "ann@example.org",
        endedAt: "2027-01-31T02:03:00.000Z",
        result: "rolled-back",
        steps: [
          { at: "2027-01-31T02:01:00.000Z", from: 0, to: 5, result: "done", update: 2, durations: { active: 900, waiting: 60_000 } },
          { at: "2027-01-31T02:02:00.000Z", from: 5, to: 25, result: "breached", update: 3, durations: { active: 800, waiting: 4_000 } },
        ],
        total: { active: 2_900, waiting: 64_000 },
      },
    ]);
  });

  it("of a promotion that never ended are the sum of its steps, apart from the next one", () => {
    const entries = chain([
      draft({ run: "killed", durations: { active: 900, waiting: 60_000 } }),
      draft({ run: "killed", durations: null }),
      draft({ run: "killed", durations: { active: 100, waiting: 1 } }),
      draft({ run: "next", operation: "promote", durations: null, result: "refused" }),
    ]);
    expect(
      readDurations(entries).map(({ run, endedAt, result, steps, total }) => ({ run, ended: endedAt !== null, result, steps: steps.length, total })),
    ).toEqual([
      { run: "killed", ended: false, result: null, steps: 3, total: { active: 1_000, waiting: 60_001 } },
      { run: "next", ended: true, result: "refused", steps: 0, total: { active: 0, waiting: 0 } },
    ]);
  });

  it("are none where nothing was promoted", () => {
    expect(readDurations(chain([draft({ operation: "kill" })]))).toEqual([]);
  });
});
