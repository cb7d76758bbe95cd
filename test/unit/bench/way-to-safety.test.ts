import { describe, expect, it } from "vitest";
import { type Escape, escapeRows } from "../../../bench/way-to-safety.ts";

const escape = (off: number, more: Partial<Escape> = {}): Escape => ({ off, requests: 100, lost: 0, left: null, ...more });

describe("ways to take a flag off", () => {
  it("are each held against the median of the first, and counted over all rounds", () => {
    const rows = escapeRows([
      { what: "by hand", escapes: [escape(40), escape(50, { left: "drift" }), escape(400, { left: "drift" })], goal: null },
      { what: "kill", escapes: [escape(100), escape(110), escape(90)], goal: { within: 300 } },
      { what: "in place", escapes: [escape(25, { lost: 2 }), escape(25), escape(25, { lost: 1 })], goal: null },
    ]);
    expect(rows).toEqual([
      {
        what: "by hand; afterwards: drift",
        measured: "50 ms, 0 of 300 lost",
        floor: "50 ms",
        ratio: "1.00",
        limit: "",
      },
      {
        what: "kill; afterwards: nothing left to do",
        measured: "100 ms, 0 of 300 lost",
        floor: "50 ms",
        ratio: "2.00",
        limit: "300 ms: held; none lost, nothing left: held",
      },
      {
        what: "in place; afterwards: nothing left to do",
        measured: "25 ms, 3 of 300 lost",
        floor: "50 ms",
        ratio: "0.50",
        limit: "",
      },
    ]);
  });

  it.each([
    ["a time above its goal", escape(301), { within: 300 }, "300 ms: MISSED; none lost, nothing left: held"],
    ["a lost request", escape(1, { lost: 1 }), { within: 300 }, "300 ms: held; none lost, nothing left: MISSED"],
    ["work that is left", escape(1, { left: "drift" }), { within: null }, "none lost, nothing left: MISSED"],
  ])("of Sluice are not held by %s", (_what, once, goal, limit) => {
    expect(escapeRows([{ what: "kill", escapes: [once], goal }])[0]?.limit).toBe(limit);
  });
});
