import { describe, expect, it } from "vitest";
import { flagUpdates, type ToldStage } from "../../../../src/operations/board/flag-updates.ts";
import type { Effect, Update } from "../../../../src/operations/history.ts";

function effect(number: number, exposure: number, changes: Partial<Update> = {}): Effect {
  const at = new Date(Date.UTC(2027, 0, 31, number));
  const update = { number, kind: "update", succeeded: true, changedResources: true, startedAt: at, endedAt: at, message: "", by: null, checkpointPath: "" };
  return { update: { ...update, config: { "sluice:flags": { A: exposure } }, ...changes }, effects: [`to ${exposure}`], flags: ["A"] };
}

const told = (effects: readonly Effect[], isCut = false): ToldStage => ({
  stage: "dev",
  tell: () => effects,
  isCut,
  entries: [],
  exposuresOf: ({ config }) => new Map([["A", Number(Object(config["sluice:flags"]).A)]]),
});
const moves = (stage: ToldStage) =>
  flagUpdates(stage, "sluice", "A").map(({ number, from, to, differences }) => [
    number,
    from,
    to,
    differences.map(({ before, after }) => `${before ?? "-"} ${after ?? "-"}`),
  ]);

describe("updates of a flag", () => {
  it("come the newest first, each against the one before it that succeeded", () => {
    expect(moves(told([effect(1, 5), effect(2, 50, { succeeded: false }), effect(3, 25)]))).toEqual([
      [3, 5, 25, ["5 25"]],
      [2, null, null, ["5 50"]],
      [1, 0, 5, ["- 5"]],
    ]);
  });

  it("leave out the first where there are older ones, and compare the second with it", () => {
    expect(moves(told([effect(8, 5), effect(9, 25)], true))).toEqual([[9, 5, 25, ["5 25"]]]);
  });

  it("are none where nothing was done to it, nor said of it", () => {
    const other = { ...effect(1, 5), flags: ["B"] };
    expect(flagUpdates(told([other]), "sluice", "B")).toHaveLength(1);
    expect(flagUpdates(told([{ ...other, flags: [] }]), "sluice", "B")).toEqual([]);
  });
});
