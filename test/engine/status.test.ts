import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { appendEntry } from "../../src/operations/audit/append.ts";
import { kill } from "../../src/operations/kill/kill.ts";
import { reconcile } from "../../src/operations/kill/reconcile.ts";
import { readProject } from "../../src/operations/project.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import type { FlagStatus } from "../../src/operations/status/flag-status.ts";
import { readStatus, type StageStatus } from "../../src/operations/status/read-status.ts";
import { draft } from "../support/audit.ts";
import { makeProject, type TestProject, testCatalog, writeCatalog } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";

const AGENT = "AGENT_ENABLED";
const HOUR = 3_600_000;
const quietly = (): void => undefined;

let test: TestProject;
let serving: Serving;

beforeAll(async () => {
  test = await makeProject();
  await writeCatalog(test.root, soaking());
  for (const stage of ["dev", "staging"]) await test.pulumi(["stack", "init", stage]);
  await up("dev", "true");
  serving = await serveStages(test.root, ["dev"]);
  await set("staging", "overrides.AGENT_ENABLED", "pilot customer waits");
  await up("staging", "1");
  await up("staging", "25");
  await set("staging", "overrides.AGENT_ENABLED", "another reason than before");
  await up("staging", "25");
  await appendEntry(await readProject(test.root), draft({ at: new Date(), stage: "staging", subject: AGENT, by: "ann@example.org", update: 2 }));
});
afterAll(async () => {
  await serving.stop();
  await test.remove();
});

/** The catalogue of test projects, with a soak of an hour. */
function soaking(): Record<string, unknown> {
  const catalog = z.looseObject({ flags: z.record(z.string(), z.looseObject({})) }).parse(testCatalog());
  return { ...catalog, flags: Object.fromEntries(Object.entries(catalog.flags).map(([name, flag]) => [name, { ...flag, soak: "1h" }])) };
}

async function set(stage: string, path: string, value: string): Promise<void> {
  const { code, output } = await test.pulumi(["config", "set", "--stack", stage, "--path", path, value]);
  expect(code, output).toBe(0);
}

async function up(stage: string, exposure: string): Promise<void> {
  await set(stage, `flags.${AGENT}`, exposure);
  const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", stage]);
  expect(code, output).toBe(0);
}

async function statusOf(stage: string, after = 0): Promise<StageStatus & { readonly agent: FlagStatus }> {
  const { stages } = await readStatus(test.root, new Date(Date.now() + after));
  const own = stages[stage];
  const agent = own?.flags[AGENT];
  if (own === undefined || agent === undefined) throw new Error(`there is no status of ${stage}`);
  return { ...own, agent };
}

describe("sluice status, beside what was really done", () => {
  it("has who raised a flag in which update, and not a later one that left it", async () => {
    const { agent } = await statusOf("staging");
    expect(agent).toMatchObject({ exposure: 25, change: { update: 2, by: { name: "ann@example.org", source: "audit" } }, pending: null });
    expect((await statusOf("dev")).agent.change).toMatchObject({ update: 1, by: { source: "commit" } });
  });

  it("counts the soak from when the exposure was applied, and opens the next stage after it", async () => {
    const { agent } = await statusOf("dev");
    expect(agent.next).toEqual({ kind: "full" });
    expect(agent.soak?.left).toBeGreaterThan(HOUR / 2);
    expect((await statusOf("dev", HOUR)).agent.soak?.left).toBe(0);
    await test.pulumi(["config", "rm", "--stack", "staging", "--path", `overrides.${AGENT}`]);
    expect((await statusOf("staging")).agent.next).toMatchObject({ kind: "refused", to: 50 });
    expect((await statusOf("staging", HOUR)).agent.next).toMatchObject({ kind: "allowed", to: 50 });
  });

  it("knows which stage is deployed, and which has a Traefik", async () => {
    expect([(await statusOf("dev")).traefik?.reachable, (await statusOf("staging")).traefik?.reachable]).toEqual([true, false]);
    const production = await statusOf("production");
    expect(production.deployed).toBe(false);
    expect(production.agent).toMatchObject({ exposure: null, change: null, next: { kind: "refused", to: 1 } });
  });

  it("tells what the stack file says and no update has applied", async () => {
    await set("staging", `flags.${AGENT}`, "50");
    expect((await statusOf("staging")).agent).toMatchObject({ exposure: 25, pending: { exposure: 50 } });
    await set("staging", `flags.${AGENT}`, "25");
    expect((await statusOf("staging")).agent.pending).toBeNull();
  });

  it("finds a file that was changed by hand, and a lock", async () => {
    const path = join(test.root, ".sluice", "staging", "flagd", "flags.json");
    await appendFile(path, " ");
    const lock = join(test.root, ".state", ".pulumi", "locks", "organization", "sluice", "staging", "1.json");
    await mkdir(dirname(lock), { recursive: true });
    await writeFile(lock, JSON.stringify({ pid: process.pid, username: "ann", hostname: hostname() }));
    const { drift, locks } = await statusOf("staging");
    expect(drift).toMatchObject([{ path, state: "differs" }]);
    expect(locks).toEqual([{ who: `ann@${hostname()}, process ${process.pid}`, dead: false }]);
    await rm(lock);
  });

  it("names a command that puts drift right", async () => {
    const { drift } = await statusOf("staging");
    expect(drift).toHaveLength(1);
    const { code, output } = await test.pulumi(["up", "--stack", "staging", "--refresh", "--yes", "--skip-preview"]);
    expect(code, output).toBe(0);
    expect((await statusOf("staging")).drift).toEqual([]);
  });

  it("shows a kill that stands until an update takes it up", async () => {
    const killed = await kill(test.root, "dev", AGENT, performance.now(), quietly);
    const standing = await statusOf("dev");
    expect(standing.agent).toMatchObject({ exposure: 100, kill: { by: "standing", subject: AGENT }, next: { kind: "killed" }, pending: { killed: true } });
    expect(standing.standingKills).toMatchObject([{ subject: AGENT }]);
    expect(standing.drift.map(({ state }) => state)).toContain("differs");
    const number = await reconcile(killed, "errors", quietly);
    const { agent, standingKills, drift } = await statusOf("dev");
    expect(agent).toMatchObject({ exposure: 0, kill: { by: "config", subject: AGENT }, change: { update: number }, pending: null });
    expect({ standingKills, drift }).toEqual({ standingKills: [], drift: [] });
  });

  it("prints all of it", async () => {
    const { code, output } = await test.sluice(["status"]);
    expect(code, output).toBe(0);
    for (const words of ["killed since", "25% since", "#2 ann", "next 50%: dev first", "not deployed"]) expect(output).toContain(words);
  });
});
