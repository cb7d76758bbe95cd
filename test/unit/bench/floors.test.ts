import { describe, expect, it } from "vitest";
import { beside, type Floor } from "../../../bench/floors.ts";
import { median } from "../../../bench/rows.ts";

const EMPTY: Floor = { name: "an empty program", times: [1_000], limit: 2 };
const BY_HAND: Floor = { name: "by hand", times: [600, 500], limit: 2 };

describe("a time beside its floors", () => {
  it("has a ratio and a limit for each, the sum of what a floor consists of counting", () => {
    expect(beside("up", 2_145, [EMPTY, BY_HAND])).toEqual({
      what: "up; floors: an empty program; by hand",
      measured: "2.15 s",
      floor: "1.00 s; 0.60 s + 0.50 s",
      ratio: "2.15; 1.95",
      limit: "2: MISSED; 2: held",
    });
  });

  it.each([
    ["a limit that it reaches is held", 2_000, 2, "2: held"],
    ["a limit that only its rounded ratio holds is missed", 2_004, 2, "2: MISSED"],
    ["none is judged where there is none", 9_000, null, ""],
  ])("%s", (_what, time, limit, expected) => {
    expect(beside("up", time, [{ ...EMPTY, limit }]).limit).toBe(expected);
  });

  it("keeps the order of the floors where one has no limit, and says what else has to hold", () => {
    const row = beside("up", 1_500, [{ ...EMPTY, limit: null }, BY_HAND], [{ what: "no other touched", held: false }]);
    expect(row.limit).toBe("none; 2: held; no other touched: MISSED");
  });
});

describe("the median", () => {
  it("is one of what was measured", () => {
    expect(median([30, 10, 20])).toBe(20);
  });

  it("of nothing is refused rather than 0", () => {
    expect(() => median([])).toThrow("nothing was measured of which there could be a median");
  });
});
