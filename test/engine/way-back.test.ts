/**
 * What users of other tools report of the way back, each shown not to happen here.
 * Argo Rollouts: https://github.com/argoproj/argo-rollouts/issues/3941, …/pull/4612, …/issues/2185
 * Flagger: https://github.com/fluxcd/flagger/issues/1532, …/issues/1647
 */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask } from "../../src/net/ask.ts";
import { inParallel } from "../../src/net/in-parallel.ts";
import type { ServeEvent } from "../../src/operations/serve/events.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { killCatalog } from "../support/kill.ts";
import { HOME, makeProject, type TestProject, writeCatalog } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";
import { writeSettings } from "../support/settings.ts";
import { isPlausible } from "../support/shares.ts";
import { lost, startVisits, toVisit, type Visit, type Visits } from "../support/visits.ts";
import { until } from "../support/wait.ts";

/** How long a workload takes to listen, in milliseconds. */
const START_UP = 1_000;

let test: TestProject;
let serving: Serving;
const events: { readonly at: number; readonly event: ServeEvent }[] = [];

beforeAll(async () => {
  test = await makeProject();
  await writeCatalog(test.root, slowCatalog());
  await test.pulumi(["stack", "init", "dev"]);
  await setAndUp({});
  serving = await serveStages(test.root, ["dev"], (event) => events.push({ at: performance.now(), event }));
});
afterAll(async () => {
  await serving.stop();
  await test.remove();
});

/** Two flags on one service; every workload takes its time to listen. */
function slowCatalog(): Record<string, unknown> {
  const script = `await new Promise((done) => setTimeout(done, ${START_UP})); await import(${JSON.stringify(join(HOME, "examples", "service.ts"))})`;
  const command = [process.execPath, "--input-type=module", "-e", script];
  const flag = { description: "One of two", owner: "voice", expires: "9999-12-31", services: ["voice-api"] };
  const services = {
    "voice-api": { rule: "PathPrefix(`/voice`)", command },
    "billing-api": { rule: "PathPrefix(`/billing`)", delivery: "header", command },
  };
  return { ...killCatalog(), services, flags: { A_ENABLED: flag, B_ENABLED: flag } };
}

async function setAndUp(flags: Record<string, unknown>): Promise<void> {
  await writeSettings(test.root, "dev", { flags });
  const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
  expect(code, output).toBe(0);
}

/** Workloads started since a moment, by name. */
function startedSince(moment: number): string[] {
  return events.flatMap(({ at, event }) => (at >= moment && event.kind === "started" ? [event.workload] : []));
}
const visit = async (cookie: string): Promise<Visit> => toVisit(performance.now(), await ask(test.urlOf("dev"), { path: "/voice", headers: { cookie } }));
const pidOf = async (bucket: number): Promise<number> => (await visit(`sluice-${bucket}=x`)).pid;

describe("traffic that waits for who carries it (Argo Rollouts 3941, 4612)", () => {
  let visits: Visits;
  beforeEach(() => {
    visits = startVisits(test.urlOf("dev"), [
      ["/voice", ""],
      ["/voice", "sluice-1=x"],
      ["/voice", "sluice-4=x"],
      ["/voice", "sluice-5=x"],
    ]);
  });
  afterEach(async () => {
    await visits.stop();
  });

  it("comes to a variant that is slow to start once it listens, forth and back, and nobody is turned away", async () => {
    const base = await pidOf(5);
    const raised = performance.now();
    await setAndUp({ A_ENABLED: 25 });
    const first = visits.seen.find(({ on }) => on.includes("A_ENABLED"));
    const started = events.find(({ at, event }) => at >= raised && event.kind === "started");
    expect((first?.sent ?? 0) - (started?.at ?? 0)).toBeGreaterThan(START_UP);
    await setAndUp({ A_ENABLED: true });
    const lowered = performance.now();
    const { code, output } = await test.sluice(["rollback", "--stage", "dev", "--to", "1"]);
    expect(code, output).toBe(0);
    expect([startedSince(lowered), await pidOf(5), await pidOf(1)]).toEqual([[], base, base]);
    expect(lost(await visits.stop())).toEqual([]);
  });

  it("goes back to processes that were there, with a second flag in part", async () => {
    await setAndUp({ A_ENABLED: true, B_ENABLED: 50 });
    const lowered = performance.now();
    const running = new Set(events.flatMap(({ event }) => (event.kind === "started" ? [event.pid] : [])));
    await setAndUp({ A_ENABLED: false, B_ENABLED: 50 });
    expect(startedSince(lowered)).toEqual([]);
    const seen = await visits.stop();
    expect(lost(seen)).toEqual([]);
    expect(seen.filter(({ sent, pid }) => sent > lowered && !running.has(pid))).toEqual([]);
    expect([await visit("sluice-1=x"), await visit("sluice-5=x")]).toMatchObject([{ on: ["B_ENABLED"] }, { on: [] }]);
  });

  it("is not sent to a warm variant whose process has just died, before that is up again", async () => {
    await setAndUp({});
    const base = await pidOf(5);
    await setAndUp({ A_ENABLED: true });
    process.kill(base, "SIGKILL");
    await until("serve has noticed", () => events.some(({ event }) => event.kind === "failed"));
    const died = performance.now();
    await setAndUp({ A_ENABLED: false });
    const again = await pidOf(5);
    const seen = await visits.stop();
    expect(again).not.toBe(base);
    const start = events.find(({ at, event }) => at >= died && event.kind === "started");
    const back = seen.find(({ pid }) => pid === again);
    expect((back?.sent ?? 0) - (start?.at ?? 0)).toBeGreaterThan(START_UP);
    expect(lost(seen)).toEqual([]);
  });
});

describe("two flags in part on one service", () => {
  it.each([
    ["A_ENABLED", { A_ENABLED: false, B_ENABLED: 50 }],
    ["B_ENABLED", { A_ENABLED: 25, B_ENABLED: false }],
  ])("need no workload that is not running when %s is lowered", async (flag, lowered) => {
    await setAndUp({ A_ENABLED: 25, B_ENABLED: 50 });
    const visits = startVisits(test.urlOf("dev"), [
      ["/voice", "sluice-1=x"],
      ["/voice", "sluice-4=x"],
    ]);
    const moment = performance.now();
    await setAndUp(lowered);
    const moved = performance.now();
    expect(events.filter(({ at, event }) => at >= moment && at <= moved && event.kind === "started")).toEqual([]);
    const seen = await visits.stop();
    expect(lost(seen)).toEqual([]);
    expect(seen.filter(({ sent, on }) => sent > moved && on.includes(flag))).toEqual([]);
  });
});

describe("weights (Argo Rollouts 2185)", () => {
  it("are those before or those after at every moment, in Traefik and for newcomers", async () => {
    await setAndUp({});
    const newcomers = Array.from({ length: 4 }, () => ["/voice", ""] as const);
    const visits = startVisits(test.urlOf("dev"), newcomers);
    const watch = watchWeights(`http://127.0.0.1:${test.portOf("dev") + 1}`);
    let before = { exposure: 0, from: 0, marks: new Set([(await visit("")).mark]) };
    for (const exposure of [25, 50, 25, 0]) {
      await setAndUp({ A_ENABLED: exposure });
      const till = visits.seen.length;
      await until("newcomers have come since", () => visits.seen.length > till + WINDOW);
      const marks = new Set((await Promise.all([visit("sluice-1=x"), visit("sluice-5=x")])).map(({ mark }) => mark));
      const between = visits.seen.slice(before.from);
      expect(between.filter(({ mark }) => !before.marks.has(mark) && !marks.has(mark))).toEqual([]);
      const bounds = [before.exposure, exposure].map((percent) => percent / 100).sort((a, b) => a - b);
      expect(implausible(between, bounds[0] ?? 0, bounds[1] ?? 0)).toEqual([]);
      before = { exposure, from: till, marks };
    }
    expect(lost(await visits.stop())).toEqual([]);
    const sums = await watch.stop();
    expect([...sums].sort()).toEqual([1, 100]);
  });
});

/** Milliseconds between two looks at Traefik's weights, which are there for seconds. */
const WATCH_EVERY = 10;
/** Newcomers over whom a share is taken. */
const WINDOW = 200;

/** The shares of windows of newcomers that can have come from no exposure between the two. */
function implausible(visits: readonly Visit[], low: number, high: number): number[] {
  const windows = Array.from({ length: Math.floor(visits.length / (WINDOW / 4)) - 3 }, (_, index) => visits.slice(index * (WINDOW / 4)).slice(0, WINDOW));
  return windows.flatMap((window) => {
    const hits = window.filter(({ on }) => on.includes("A_ENABLED")).length;
    return isPlausible(hits, window.length, low, high) ? [] : [hits / window.length];
  });
}

const services = z.array(
  z.looseObject({ status: z.string(), weighted: z.looseObject({ services: z.array(z.looseObject({ weight: z.number().int().positive() })) }).optional() }),
);

/** Asks Traefik for its weights, over and over. `stop` gives the sums that there were. @throws ZodError where a weight is none */
function watchWeights(admin: string): { stop(): Promise<ReadonlySet<number>> } {
  const running = { on: true };
  const sums = new Set<number>();
  const watching = (async () => {
    while (running.on) {
      const found = services.parse(JSON.parse((await ask(admin, { path: "/api/http/services?per_page=500" })).body));
      for (const { status, weighted } of found) {
        if (status !== "enabled") sums.add(Number.NaN);
        if (weighted !== undefined) sums.add(weighted.services.reduce((sum, { weight }) => sum + weight, 0));
      }
      await pause(WATCH_EVERY);
    }
  })();
  return {
    async stop() {
      running.on = false;
      await watching;
      return sums;
    },
  };
}

describe("visitors who come back (Flagger 1532, 1647)", () => {
  /** With only those sticky who saw the flag, 25 per cent would be 1 - 0.75^10 = 94 per cent after nine returns. */
  const RETURNS = 9;
  const VISITORS = 200;

  it("see what they saw at first, with the flag and without, and newcomers are spread as before", async () => {
    await setAndUp({ A_ENABLED: 25 });
    const first = await inParallel(
      Array.from({ length: VISITORS }, () => ""),
      8,
      comeFirst,
    );
    const visitors = first.filter((visitor) => visitor !== null);
    expect(isPlausible(visitors.filter(({ saw }) => saw).length, VISITORS, 0.25, 0.25)).toBe(true);
    for (let round = 0; round < RETURNS; round += 1) expect(await returned(visitors)).toEqual(visitors.map(({ saw }) => saw));
    const fresh = await inParallel(
      Array.from({ length: VISITORS * 2 }, () => ""),
      8,
      comeFirst,
    );
    expect(isPlausible(fresh.filter((visitor) => visitor?.saw === true).length, VISITORS * 2, 0.25, 0.25)).toBe(true);
    await setAndUp({ A_ENABLED: 25, B_ENABLED: 50 });
    expect(await returned(visitors)).toEqual(visitors.map(({ saw }) => saw));
    await setAndUp({ A_ENABLED: 50, B_ENABLED: 50 });
    const raised = await returned(visitors);
    expect(visitors.filter(({ saw }, index) => saw && raised[index] !== true)).toEqual([]);
    await setAndUp({ A_ENABLED: 25, B_ENABLED: 50 });
    expect(await returned(visitors)).toEqual(visitors.map(({ saw }) => saw));
  });

  async function comeFirst(): Promise<{ readonly cookie: string; readonly saw: boolean }> {
    const answer = await ask(test.urlOf("dev"), { path: "/voice" });
    const cookie = (answer.headers["set-cookie"] ?? []).map((line) => line.split(";")[0] ?? "").join("; ");
    expect(cookie).toMatch(/sluice-\d=/);
    return { cookie, saw: toVisit(0, answer).on.includes("A_ENABLED") };
  }

  async function returned(visitors: readonly { readonly cookie: string }[]): Promise<(boolean | null)[]> {
    return inParallel(visitors, 8, async ({ cookie }) => {
      const seen = await visit(cookie);
      return seen.status === 200 ? seen.on.includes("A_ENABLED") : null;
    });
  }
});

describe("a flag that is settled", () => {
  it("has no warm variant any more; going back waits until one listens, and loses nobody", async () => {
    await setAndUp({ A_ENABLED: true });
    const base = events.findLast(({ event }) => event.kind === "started" && event.workload.startsWith("voice-api--base"));
    const name = base?.event.kind === "started" ? base.event.workload : "";
    const settled = performance.now();
    await setAndUp({ A_ENABLED: { exposure: 100, settled: true } });
    await until("the variant without the flag has ended", () =>
      events.some(({ at, event }) => at >= settled && event.kind === "stopped" && event.workload === name),
    );
    const visits = startVisits(test.urlOf("dev"), [
      ["/voice", ""],
      ["/voice", "sluice-1=x"],
    ]);
    const lowered = performance.now();
    await setAndUp({ A_ENABLED: false });
    expect(startedSince(lowered)).toEqual([name]);
    await until("the flag is off", () => visits.seen.at(-1)?.on.length === 0);
    const seen = await visits.stop();
    expect(lost(seen)).toEqual([]);
    const start = events.find(({ at, event }) => at >= lowered && event.kind === "started");
    const back = seen.find(({ on }) => on.length === 0);
    expect((back?.sent ?? 0) - (start?.at ?? 0)).toBeGreaterThan(START_UP);
  });
});
