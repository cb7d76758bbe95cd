import { describe, expect, it } from "vitest";
import { type Escape, escapeRows } from "../../../bench/way-to-safety.ts";

const escape = (off: number, more: Partial<Escape> = {}): Escape => ({ off, requests: 100, lost: 0, left: null, ...more });

describe("ways to take a flag off", () => {
  it("are each held against the median of the first, and counted over all rounds", () => {
    const rows = escapeRows([
      { what: "by hand", escapes: [escape(40), escape(50, { left: "drift" }), escape(400, { left: "drift" })] },
      { what: "kill", escapes: [escape(100), escape(110), escape(90)] },
      { what: "in place", escapes: [escape(25, { lost: 2 }), escape(25), escape(25, { lost: 1 })] },
    ]);
    expect(rows).toEqual([
      {
        what: "by hand; afterwards: drift",
        measured: "50 ms, 0 of 300 lost",
        floor: "50 ms",
        ratio: "1.00",
        limit: "none lost, nothing left: MISSED",
      },
      {
        what: "kill; afterwards: nothing left to do",
        measured: "100 ms, 0 of 300 lost",
        floor: "50 ms",
        ratio: "2.00",
        limit: "none lost, nothing left: held",
      },
      {
        what: "in place; afterwards: nothing left to do",
        measured: "25 ms, 3 of 300 lost",
        floor: "50 ms",
        ratio: "0.50",
        limit: "none lost, nothing left: MISSED",
      },
    ]);
  });
});
