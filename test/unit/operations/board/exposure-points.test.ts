import { describe, expect, it } from "vitest";
import { exposurePoints, untilNow } from "../../../../src/operations/board/exposure-points.ts";
import type { Update } from "../../../../src/operations/history.ts";

const at = (hour: number): Date => new Date(Date.UTC(2027, 0, 31, hour));

function update(number: number, changes: Partial<Update> = {}): Update {
  const base = { kind: "update", succeeded: true, changedResources: true, message: "", by: null, config: {}, checkpointPath: "" };
  return { number, startedAt: at(number), endedAt: at(number), ...base, ...changes };
}

/** The exposure of A is what an update's config says. */
const exposuresOf = ({ config }: Update) => (typeof config["A"] === "number" ? new Map([["A", config["A"]]]) : null);

describe("the course of an exposure", () => {
  it("has a point for each change", () => {
    const history = [update(1, { config: { A: 0 } }), update(2, { config: { A: 25 } }), update(3, { config: { A: 25 } }), update(4, { config: { A: 100 } })];
    expect(exposurePoints(history, "A", exposuresOf)).toEqual([
      { at: at(1), exposure: 0 },
      { at: at(2), exposure: 25 },
      { at: at(4), exposure: 100 },
    ]);
  });

  it.each([
    ["failed", update(2, { config: { A: 25 }, succeeded: false }), []],
    ["was a refresh", update(2, { config: { A: 25 }, kind: "refresh" }), []],
    ["has a config that cannot be read any more", update(2), []],
    ["destroyed the stage", update(2, { kind: "destroy" }), [{ at: at(2), exposure: 0 }]],
  ])("passes over an update that %s, or tells it", (_what, second, added) => {
    expect(exposurePoints([update(1, { config: { A: 5 } }), second], "A", exposuresOf)).toEqual([{ at: at(1), exposure: 5 }, ...added]);
  });

  it("has a flag at 0 that an update does not know", () => {
    expect(exposurePoints([update(1, { config: { A: 5 } })], "B", exposuresOf)).toEqual([{ at: at(1), exposure: 0 }]);
  });

  it.each([
    ["what it is now", 0, 0],
    ["the last that is known", null, 5],
  ])("goes on until now with %s", (_what, now, exposure) => {
    expect(untilNow([{ at: at(1), exposure: 5 }], now, at(3))).toEqual([
      { at: at(1), exposure: 5 },
      { at: at(3), exposure },
    ]);
  });

  it("is empty where no update can be told", () => {
    expect(untilNow([], 25, at(3))).toEqual([]);
  });
});
