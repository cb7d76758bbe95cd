import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { killAll, pidOf, processTree } from "../../support/process-tree.ts";

describe("what ends processes in tests", () => {
  it.each([0, 1, -1, NaN])("takes %s for no process, and ends none of those beside it", async (pid) => {
    const child = spawn("sleep", ["60"]);
    const exited = once(child, "exit");
    expect(() => killAll([pidOf(child), pid])).toThrow(`${pid} is the id of no process of a test`);
    await expect(processTree(pid)).rejects.toThrow(`${pid} is the id of no process of a test`);
    child.kill("SIGTERM");
    expect(await exited).toEqual([null, "SIGTERM"]);
  });

  it("takes one that did not start for none", () => {
    expect(() => pidOf({ pid: undefined })).toThrow("undefined is the id of no process of a test");
  });
});
