import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startLiveBoard } from "../../../../src/operations/board/live-board.ts";
import { AGENT, writeBoardProject } from "../../../support/board-project.ts";
import { until } from "../../../support/wait.ts";

const NOW = new Date("2027-01-31T12:00:00Z");

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-live-"));
  await writeBoardProject(root, NOW);
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe("a live board", () => {
  it("tells of a look that fails, and looks again", async () => {
    const fault = new Error("no clock");
    const told: unknown[] = [];
    let looks = 0;
    const clock = (): Date => {
      looks += 1;
      if (looks === 2) throw fault;
      return NOW;
    };
    const live = await startLiveBoard(root, clock, (error) => told.push(error), { files: 60_000, metrics: 10, time: 60_000 });
    try {
      await until("it has looked again", () => looks > 3);
      expect(told).toEqual([fault]);
      expect((await live.read({ flag: AGENT })).details).toHaveLength(1);
    } finally {
      await live.stop();
    }
  });
});
