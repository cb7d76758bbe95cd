import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import { poll } from "../../src/net/poll.ts";
import type { ServeEvent } from "../../src/operations/serve/events.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { extent, SEED } from "../support/extent.ts";
import { documentPath } from "../support/kill.ts";
import { killAll } from "../support/process-tree.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { seededRandom } from "../support/random.ts";
import { serveStages } from "../support/serving.ts";
import { writeSettings } from "../support/settings.ts";
import { type Ended, expectNoTrace, up } from "../support/stage-commands.ts";
import { lost, startVisits, toVisit, type Visit } from "../support/visits.ts";
import { until } from "../support/wait.ts";
import { startReadings } from "../support/whole-readings.ts";

const TIMES = extent(4, 1);
const random = seededRandom(SEED);
/** Exposures go up and down by turns; the moment is a share of the time that an update takes. */
const moments = Array.from({ length: TIMES }, (_, index) => ({
  percent: Math.round(((index + random()) / TIMES) * 100),
  exposure: index % 2 === 0 ? 100 : 25,
}));

let test: TestProject;
let serving: Serving;
let took = 0;
const events: { readonly at: number; readonly event: ServeEvent }[] = [];

beforeAll(async () => {
  process.stdout.write(`what serves a stage dies: seed ${SEED}\n`);
  test = await makeProject();
  await test.pulumi(["stack", "init", "dev"]);
  await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: 0 } });
  expect((await timeUp()).code).toBe(0);
  await startServing();
  await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: 25 } });
  expect((await timeUp()).code).toBe(0);
});
afterAll(async () => {
  await serving.stop();
  await test.remove();
});

async function startServing(): Promise<void> {
  serving = await serveStages(test.root, ["dev"], (event) => events.push({ at: performance.now(), event }));
}

async function timeUp(): Promise<Ended> {
  const started = performance.now();
  const result = await up(test);
  if (result.code === 0) took = performance.now() - started;
  return result;
}

const visit = async (bucket: number): Promise<Visit> =>
  toVisit(performance.now(), await ask(test.urlOf("dev"), { path: "/voice", headers: { cookie: `sluice-${bucket}=x` } }));

/** The process of the stage's Traefik, whose arguments name its port. */
async function traefikPid(): Promise<number> {
  const { stdout } = await execa("ps", ["-A", "-o", "pid=,args="]);
  const line = stdout.split("\n").find((one) => /^\s*\d+ \S*traefik /.test(one) && one.includes(`127.0.0.1:${test.portOf("dev")}`));
  return Number(/\d+/.exec(line ?? "")?.[0]);
}

async function documentWritten(): Promise<void> {
  const path = documentPath(test, "traefik", "dynamic.yaml");
  const before = await readFile(path, "utf8");
  await poll(async () => (await readFile(path, "utf8")) !== before, 30_000, 1);
}

async function expectAllRight(exposure: number): Promise<void> {
  const again = await timeUp();
  expect(again.code, again.output).toBe(0);
  const verified = await test.sluice(["verify", "--stage", "dev", "--visitors", "100"]);
  expect(verified.code, verified.output).toBe(0);
  expect([(await visit(1)).on, (await visit(5)).on]).toEqual([["AGENT_ENABLED"], exposure === 100 ? ["AGENT_ENABLED"] : []]);
}

describe(`while an update goes on (seed ${SEED})`, () => {
  it.each([
    ...moments.map(({ percent, exposure }) => ({ when: `at ${percent}% of it`, moment: () => pause((percent / 100) * took), exposure })),
    ...extent([{ when: "as soon as its document is written", moment: documentWritten, exposure: 50 }], []),
  ])("Traefik is killed $when: the update says so or comes to its end, and the next is right", async ({ moment, exposure }) => {
    await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: exposure } });
    const readings = startReadings(test.root, "dev");
    const pid = await traefikPid();
    const updating = timeUp();
    await moment();
    killAll([pid]);
    expect(await serving.failed).toBe("dev");
    const { code, output } = await updating;
    await readings.stop();
    expectNoTrace(output);
    if (code !== 0)
      expect(output).toMatch(/the Traefik at http:\/\/127\.0\.0\.1:\d+ has (ended meanwhile|taken the document, and then ended).*start sluice serve anew/);
    expect(readings.faults).toEqual([]);
    await serving.stop();
    await startServing();
    await expectAllRight(exposure);
  });

  it.each(moments)("a service is killed at $percent% of it: it starts anew, and loses no one after that", async ({ percent, exposure }) => {
    await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: 50 } });
    expect((await timeUp()).code).toBe(0);
    const { pid } = await visit(1);
    const visits = startVisits(test.urlOf("dev"), [["/voice", "sluice-1=x"]]);
    await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: exposure } });
    const updating = timeUp();
    await pause((percent / 100) * took);
    const killed = performance.now();
    killAll([pid]);
    const { code, output } = await updating;
    expectNoTrace(output);
    if (code !== 0) expect(output).toMatch(/no workload listens on .*; routes were left as they are\. Start it/);
    await until("the service answers again", () => visits.seen.some(({ sent, status, pid: other }) => sent > killed && status === 200 && other !== pid));
    const back = visits.seen.find(({ sent, status, pid: other }) => sent > killed && status === 200 && other !== pid);
    await expectAllRight(exposure);
    const seen = await visits.stop();
    expect(lost(seen).filter(({ sent }) => sent < killed - 50 || sent > (back?.answered ?? 0))).toEqual([]);
  });
});
