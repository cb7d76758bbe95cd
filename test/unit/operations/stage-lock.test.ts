import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { holdingPromotion, holdingStage } from "../../../src/operations/stage-lock.ts";

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-lock-"));
  folder = join(root, ".sluice", "locks", "dev");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const me = `${userInfo().username}@${hostname()}, process ${process.pid}`;

/** A lock as a process leaves it that ended without giving it back. @returns what tells it from another */
async function leaveLock(): Promise<string> {
  await mkdir(`${folder}.lock`, { recursive: true });
  const { dev, ino, birthtimeNs } = await stat(`${folder}.lock`, { bigint: true });
  return `${dev}:${ino}:${birthtimeNs}`;
}

async function leaveHolder(lock: string): Promise<void> {
  const { pid } = spawnSync("true");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "holder.json"), JSON.stringify({ pid, hostname: hostname(), lock }));
}

describe("the lock of a stage", () => {
  it.each([
    [holdingStage, `Another operation of sluice is at work on dev (${me}). Wait for it, then run this again.`],
    [holdingPromotion, `Another promotion or drill of dev is under way (${me}). Wait for it, then run this again.`],
  ])("lets one through, and tells the other who holds it", async (holding, refusal) => {
    await holding(root, "dev", () => expect(holding(root, "dev", () => Promise.resolve())).rejects.toThrow(refusal));
    await expect(holding(root, "dev", () => Promise.resolve("through"))).resolves.toBe("through");
  });

  it("is taken over at once from a process that is gone", async () => {
    await leaveHolder(await leaveLock());
    await expect(holdingStage(root, "dev", () => Promise.resolve("through"))).resolves.toBe("through");
  });

  it("is not taken from who has just got it, whatever the holder before has left", async () => {
    await leaveHolder("1:2:3");
    await leaveLock();
    await expect(holdingStage(root, "dev", () => Promise.resolve())).rejects.toThrow("Another operation of sluice is at work on dev. Wait for it");
  });
});
