import { describe, expect, it } from "vitest";
import { attempt, readOrReason } from "../../../../src/operations/board/attempt.ts";
import type { Lack } from "../../../../src/operations/board/board.ts";
import { OperationError } from "../../../../src/operations/errors.ts";

describe("a part of the board", () => {
  it("is what was read", async () => {
    const lacks: Lack[] = [];
    expect(await attempt(lacks, "the part", 0, () => Promise.resolve(1))).toBe(1);
    expect(lacks).toEqual([]);
  });

  it.each<readonly [string, () => Promise<number>, string]>([
    ["an error for people", () => Promise.reject(new OperationError("engine", "it is torn")), "it is torn"],
    ["another error, by its first line", () => Promise.reject(new Error("EIO: broken\n    at somewhere")), "EIO: broken"],
    ["what is no error", () => Promise.reject("broken"), "broken"],
    ["no answer", () => new Promise<number>(() => undefined), "no answer within 50 ms"],
  ])("that gives %s is a lack, with the fallback in its place", async (_what, read, reason) => {
    const lacks: Lack[] = [];
    expect(await attempt(lacks, "the part", 0, read, 50)).toBe(0);
    expect(lacks).toEqual([{ what: "the part", reason }]);
    expect(await readOrReason(read, 50)).toEqual({ reason });
  });
});
