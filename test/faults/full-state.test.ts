import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type TestContext } from "vitest";
import { parseJsonOrNull } from "../../src/model/parse-json.ts";
import { ask } from "../../src/net/ask.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { extent, SEED } from "../support/extent.ts";
import { documentPath } from "../support/kill.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { seededRandom } from "../support/random.ts";
import { serveStages } from "../support/serving.ts";
import { writeSettings } from "../support/settings.ts";
import { expectNoTrace, isOn, mustUp, statePath, up, upAfterCancel } from "../support/stage-commands.ts";
import { lost, startVisits, type Visits } from "../support/visits.ts";
import { startReadings } from "../support/whole-readings.ts";

/** Size of the disk of the state, and how much of it an update of these tests takes, in KiB. */
const DISK = 4_096;
const UPDATE = 100;
const random = seededRandom(SEED);
/** What is left of the disk, in KiB: nothing, and amounts that give out in the middle of an update. */
const left = [0, ...Array.from({ length: extent(3, 0) }, () => Math.round(random() * UPDATE))];

let test: TestProject;
let serving: Serving;
let visits: Visits;
let mounted = false;
let folder: string;

beforeAll(async () => {
  process.stdout.write(`a disk that is full: seed ${SEED}\n`);
  test = await makeProject();
  folder = join(test.root, ".state");
  await mkdir(folder, { recursive: true });
  mounted = (await execa("mount", ["-t", "tmpfs", "-o", `size=${DISK}k`, "tmpfs", folder], { reject: false })).exitCode === 0;
  await test.pulumi(["stack", "init", "dev"]);
  await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: 0 } });
  await mustUp(test);
  serving = await serveStages(test.root, ["dev"]);
  visits = startVisits(test.urlOf("dev"), [
    ["/voice", "sluice-1=x"],
    ["/billing", "sluice-5=x"],
  ]);
});
afterAll(async () => {
  await visits.stop();
  await serving.stop();
  if (mounted) await execa("umount", [folder]);
  await test.remove();
});
afterEach(() => rm(join(folder, "filler"), { force: true }));
beforeEach(async ({ skip }: TestContext) => {
  skip(!mounted, "a disk of its own can be mounted by root on Linux only");
  await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: 25 }, kill: null });
  await upAgain();
});

/** Fills the disk of the state but for so many KiB. */
async function fill(leave: number): Promise<void> {
  await execa("dd", ["if=/dev/zero", `of=${join(folder, "filler")}`, "bs=1k"], { reject: false });
  const filler = join(folder, "filler");
  await truncate(filler, Math.max(0, (await stat(filler)).size - leave * 1024));
}

/** Updates again, with what docs/state.md has between for a lock that was left, whole or empty, and for a state that was cut off. */
async function upAgain(): Promise<void> {
  const first = await up(test);
  if (first.code === 0) return;
  expect(first.output).toMatch(/currently locked|unexpected end of JSON input|failed to load checkpoint/);
  const second = await upAfterCancel(test);
  if (second.code === 0) return;
  expect(second.output).toContain("failed to load checkpoint");
  const told = await test.sluice(["status"]);
  expect(told.output).toMatch(/dev\.json is no JSON .*docs\/state\.md says how to put an earlier state back/);
  await putEarlierStateBack();
  const refreshed = await test.pulumi(["refresh", "--yes", "--skip-preview", "--stack", "dev"]);
  expect(refreshed.code, refreshed.output).toBe(0);
  await mustUp(test);
}

/** Puts the state before back, or where that was cut off too the newest whole one of the history. */
async function putEarlierStateBack(): Promise<void> {
  const state = statePath(test.root, "dev");
  const history = join(folder, ".pulumi", "history", "sluice", "dev");
  const names = (await readdir(history)).filter((name) => name.endsWith(".checkpoint.json")).sort();
  for (const path of [`${state}.bak`, ...names.reverse().map((name) => join(history, name))]) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (parseJsonOrNull(text) === null) continue;
    await writeFile(state, text);
    return;
  }
  throw new Error("no earlier state is whole");
}

describe(`where the disk of the state is full (seed ${SEED})`, () => {
  it.each(left)("with %i KiB left, an update ends in words, no document is cut off, and the next is right once there is room", async (leave) => {
    await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: 100 } });
    const readings = startReadings(test.root, "dev");
    await fill(leave);
    const { code, output } = await up(test);
    if (leave === 0) expect(code).not.toBe(0);
    if (code !== 0) expect(output).toMatch(/no space left on device/);
    expectNoTrace(output);
    await rm(join(folder, "filler"));
    await readings.stop();
    // The engine's backend cuts its own files off where the disk gives out; none of Sluice's is.
    expect(readings.faults.filter((fault) => !fault.startsWith("dev.json"))).toEqual([]);
    await upAgain();
    const verified = await test.sluice(["verify", "--stage", "dev"]);
    expect(verified.code, verified.output).toBe(0);
    expect(await isOn(test, 5)).toBe(true);
    expect(lost(visits.seen)).toEqual([]);
  });

  it("a kill takes the flag off, and a rollback says what is full and changes nothing", async () => {
    await fill(0);
    const stackFile = await readFile(join(test.root, "Pulumi.dev.yaml"), "utf8");
    const back = await test.sluice(["rollback", "--stage", "dev"]);
    expect(back.code).not.toBe(0);
    expect(back.output).toMatch(/no space left on device/);
    expectNoTrace(back.output);
    expect([await isOn(test, 1), await readFile(join(test.root, "Pulumi.dev.yaml"), "utf8")]).toEqual([true, stackFile]);
    const killed = await test.sluice(["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "a test"]);
    expectNoTrace(killed.output);
    expect(killed.output).toMatch(/no space left on device/);
    expect([await isOn(test, 1), await ask(test.urlOf("dev"), { path: "/agent", headers: { cookie: "sluice-1=x" } })]).toMatchObject([false, { status: 404 }]);
    await rm(join(folder, "filler"));
    const busy = await test.sluice(["rollback", "--stage", "dev"]);
    expect(busy.code).not.toBe(0);
    expect(busy.output).toContain("npx pulumi cancel --stack dev");
    expect(busy.output).toContain("AGENT_ENABLED was killed, and no update has taken that up yet");
    await upAgain();
    expect(await readdir(documentPath(test))).not.toContain("kills.json");
    expect(await isOn(test, 1)).toBe(false);
    expect(lost(visits.seen)).toEqual([]);
  });
});

describe("where the state is read-only", () => {
  it("what reads goes on, what changes says so and leaves all, and a kill takes the flag off", async () => {
    await execa("mount", ["-o", "remount,ro", folder]);
    try {
      const stackFile = await readFile(join(test.root, "Pulumi.dev.yaml"), "utf8");
      for (const args of [["status"], ["history", "--stage", "dev"], ["verify", "--stage", "dev", "--visitors", "100"]]) {
        const { code, output } = await test.sluice(args);
        expect(code, output).toBe(0);
      }
      const back = await test.sluice(["rollback", "--stage", "dev"]);
      const updated = await up(test);
      for (const { code, output } of [back, updated]) {
        expect(code).not.toBe(0);
        expect(output).toMatch(/read-only file system/);
        expectNoTrace(output);
      }
      expect([await isOn(test, 1), await readFile(join(test.root, "Pulumi.dev.yaml"), "utf8")]).toEqual([true, stackFile]);
      const killed = await test.sluice(["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "a test"]);
      expect(killed.output).toMatch(/read-only file system/);
      expectNoTrace(killed.output);
      expect(await isOn(test, 1)).toBe(false);
    } finally {
      await execa("mount", ["-o", "remount,rw", folder]);
    }
    await upAgain();
    expect(await readdir(documentPath(test))).not.toContain("kills.json");
    expect(lost(visits.seen)).toEqual([]);
  });
});
