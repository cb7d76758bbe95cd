import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import { afterEach, beforeEach, expect, it } from "vitest";
import { inTurn } from "../../../src/files/in-turn.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-turn-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("lets one task after the other through", async () => {
  const seen: string[] = [];
  const task = (name: string) => async (): Promise<void> => {
    seen.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(`${name} ends`);
  };
  await Promise.all([inTurn(folder, task("one")), inTurn(folder, task("other"))]);
  expect(seen.map((line) => line.split(" ")[1])).toEqual(["begins", "ends", "begins", "ends"]);
});

it("goes ahead where the one before does not end", async () => {
  const release = await lockfile.lock(folder);
  await expect(inTurn(folder, async () => "done")).resolves.toBe("done");
  await release();
});

it("goes ahead where there can be no lock", async () => {
  await expect(inTurn("/proc/nowhere", async () => "done")).resolves.toBe("done");
});
