import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import { pulumiRoot } from "../../src/operations/engine.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { extent, SEED } from "../support/extent.ts";
import { documentPath, killCatalog } from "../support/kill.ts";
import { killAll, pidOf, processTree } from "../support/process-tree.ts";
import { HOME, makeProject, type TestProject, writeCatalog } from "../support/project.ts";
import { pickOne, seededRandom } from "../support/random.ts";
import { serveStages } from "../support/serving.ts";
import { writeSettings } from "../support/settings.ts";
import { type Ended, expectNoTrace, up, upAfterCancel, upArguments } from "../support/stage-commands.ts";
import { lost, startVisits, toVisit, type Visits } from "../support/visits.ts";
import { type Readings, startReadings } from "../support/whole-readings.ts";

const KILLS = extent(50, 3);
/** The exposures that updates go between. */
const EXPOSURES = [0, 1, 25, 50, 100];

interface Case {
  /** When the update is killed, as a share of the time that one takes. */
  readonly share: number;
  readonly percent: number;
  readonly who: "the CLI alone" | "all its processes";
  readonly exposure: number;
  readonly second: number;
}

const random = seededRandom(SEED);
let exposure = 0;
const cases: readonly Case[] = Array.from({ length: KILLS }, (_, index) => {
  exposure = pickOne(
    random,
    EXPOSURES.filter((other) => other !== exposure),
  );
  const share = (index + random()) / KILLS;
  return {
    share,
    percent: Math.round(share * 100),
    who: pickOne(random, ["the CLI alone", "all its processes"] as const),
    exposure,
    second: pickOne(random, [0, exposure]),
  };
});

let test: TestProject;
let serving: Serving;
let visits: Visits;
let readings: Readings;
/** Milliseconds that the last update took that nobody killed. */
let took = 0;
let interrupted = 0;

beforeAll(async () => {
  process.stdout.write(`killed updates: seed ${SEED}\n`);
  test = await makeProject();
  await writeCatalog(test.root, killCatalog());
  await test.pulumi(["stack", "init", "dev"]);
  expect((await timeUp()).code).toBe(0);
  serving = await serveStages(test.root, ["dev"]);
  visits = startVisits(test.urlOf("dev"), [
    ["/voice", ""],
    ["/voice", "sluice-1=x"],
    ["/voice", "sluice-5=x"],
    ["/billing", "sluice-1=x"],
  ]);
  readings = startReadings(test.root, "dev");
});
afterAll(async () => {
  await visits.stop();
  await readings.stop();
  await serving.stop();
  await test.remove();
});

async function timeUp(): Promise<Ended> {
  const started = performance.now();
  const result = await up(test);
  if (result.code === 0) took = performance.now() - started;
  return result;
}

/** Starts an update and kills it. @returns its processes, of which some may live on */
async function killUp({ share, who }: Case): Promise<readonly number[]> {
  const bin = join(pulumiRoot(), "bin");
  const child = spawn(join(bin, "pulumi"), ["--non-interactive", ...upArguments("dev")], {
    cwd: test.root,
    env: { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` },
    stdio: "ignore",
  });
  const exited = once(child, "exit");
  await pause(share * took);
  if (child.exitCode !== null) return [];
  const tree = await processTree(pidOf(child));
  killAll(who === "the CLI alone" ? tree.slice(0, 1) : tree);
  await exited;
  if (child.signalCode === "SIGKILL") interrupted += 1;
  return tree;
}

/** Updates again, with the one command between that docs/state.md has for a lock that was left. */
async function upAgain(): Promise<void> {
  const again = await timeUp();
  if (again.code === 0) return;
  expect(again.output).toContain("currently locked");
  expectNoTrace(again.output);
  const { code, output } = await upAfterCancel(test);
  expect(code, output).toBe(0);
}

async function flagsOn(cookie: string): Promise<readonly string[]> {
  return toVisit(0, await ask(test.urlOf("dev"), { path: "/voice", headers: { cookie } })).on;
}

describe(`an update that is killed (seed ${SEED})`, () => {
  it.each(cases)("at $percent% of its time, $who, on the way to $exposure and $second per cent, comes to its end with the next", async (one) => {
    await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: one.exposure, TRANSCRIPTS_ENABLED: one.second } });
    const left = await killUp(one);
    await upAgain();
    killAll(left.slice(1));
    const exposures = { AGENT_ENABLED: one.exposure, TRANSCRIPTS_ENABLED: one.second };
    expect(JSON.parse(await readFile(documentPath(test, "stage.json"), "utf8"))).toMatchObject({ exposures });
    const wanted = (bucket: number): string[] => Object.entries(exposures).flatMap(([flag, per]) => (per >= bucket ? [flag] : []));
    expect([await flagsOn("sluice-1=x"), await flagsOn("sluice-5=x")]).toEqual([wanted(1), wanted(100)]);
    const { code, output } = await test.pulumi(["preview", "--refresh", "--expect-no-changes", "--stack", "dev"]);
    expect(code, output).toBe(0);
    expect(lost(visits.seen)).toEqual([]);
    expect(readings.faults).toEqual([]);
  });

  it("was interrupted, and leaves a stage that does what its state says", async () => {
    expect(interrupted, "updates that the tests before this interrupted").toBeGreaterThan(0);
    expect(readings.texts.get("dynamic.yaml")).toBeGreaterThan(1);
    expect(visits.seen.length).toBeGreaterThan(100);
    const verified = await test.sluice(["verify", "--stage", "dev"]);
    expect(verified.code, verified.output).toBe(0);
    const history = await test.sluice(["history", "--stage", "dev"]);
    expect(history.code, history.output).toBe(0);
    expect(await readFile(join(HOME, "docs", "state.md"), "utf8")).toContain("`npx pulumi cancel --stack <stage>`, then run the update again");
  });
});
