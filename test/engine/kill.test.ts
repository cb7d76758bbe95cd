import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { documentPath, killCatalog, killIn, reconciled, standingKills } from "../support/kill.ts";
import { makeProject, type TestProject, writeCatalog } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";
import { readSettings, writeSettings } from "../support/settings.ts";
import { lost, startVisits, type Visits } from "../support/visits.ts";

let test: TestProject;
let serving: Serving;
let visits: Visits;

beforeAll(async () => {
  test = await makeProject();
  await writeCatalog(test.root, killCatalog());
  await test.pulumi(["stack", "init", "dev"]);
  await setAndUp({});
  serving = await serveStages(test.root, ["dev"]);
});
afterAll(async () => {
  await serving.stop();
  await test.remove();
});
beforeEach(() => {
  visits = startVisits(test.urlOf("dev"), [
    ["/voice", ""],
    ["/voice", "sluice-1=x"],
    ["/voice", "sluice-5=x"],
    ["/billing", "sluice-1=x"],
  ]);
});
afterEach(async () => {
  await visits.stop();
});

async function setAndUp(flags: Record<string, unknown>): Promise<void> {
  await writeSettings(test.root, "dev", { flags, kill: null });
  const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
  expect(code, output).toBe(0);
}
const statusOf = async (path: string): Promise<number> => (await ask(test.urlOf("dev"), { path, headers: { cookie: "sluice-1=x" } })).status;
const flagd = async (): Promise<unknown> => JSON.parse(await readFile(documentPath(test, "flagd", "flags.json"), "utf8"));

async function expectNothingLeft(): Promise<void> {
  expect(await standingKills(test)).toBeNull();
  const { code, output } = await test.pulumi(["preview", "--stack", "dev", "--expect-no-changes"]);
  expect(code, output).toBe(0);
}

describe("a flag that is killed under load", () => {
  it.each([25, 100])("at %i per cent is off for everyone at once, loses nobody, and is off in state and config", async (exposure) => {
    await setAndUp({ AGENT_ENABLED: exposure });
    expect([await statusOf("/agent"), visits.seen.at(-1)?.status]).toEqual([200, 200]);
    const run = await killIn(test, "AGENT_ENABLED");
    expect(run.events.map(({ kind }) => kind)).toEqual(["traffic-off", "config-written"]);
    expect(await statusOf("/agent")).toBe(404);
    expect(await flagd()).toMatchObject({ flags: { AGENT_ENABLED: { defaultVariant: "off", targeting: {} } } });
    expect(await readSettings(test.root, "dev")).toMatchObject({ "sluice:kill": { AGENT_ENABLED: true }, "sluice:flags": { AGENT_ENABLED: exposure } });
    expect(await reconciled(run)).toEqual([{ kind: "reconciled", seconds: expect.any(Number), ahead: [] }]);
    const seen = await visits.stop();
    expect(lost(seen)).toEqual([]);
    expect(seen.filter(({ sent }) => sent > (run.off ?? 0)).length).toBeGreaterThan(50);
    expect(seen.filter(({ sent, on }) => sent > (run.off ?? 0) && on.length > 0)).toEqual([]);
    expect(seen.some(({ on }) => on.includes("AGENT_ENABLED"))).toBe(true);
    expect(await flagd()).toMatchObject({ flags: { AGENT_ENABLED: { defaultVariant: "off", targeting: {} } } });
    await expectNothingLeft();
  });

  it("takes those along that require it, and no others go with it", async () => {
    await setAndUp({ AGENT_ENABLED: true, TRANSCRIPTS_ENABLED: 50 });
    const run = await killIn(test, "AGENT_ENABLED");
    expect(run.events[0]).toMatchObject({ kind: "traffic-off", flags: ["AGENT_ENABLED", "TRANSCRIPTS_ENABLED"] });
    expect([await statusOf("/agent"), await statusOf("/transcripts")]).toEqual([404, 404]);
    await reconciled(run);
    const seen = await visits.stop();
    expect(lost(seen)).toEqual([]);
    expect(seen.filter(({ sent, on }) => sent > (run.off ?? 0) && on.length > 0)).toEqual([]);
    await expectNothingLeft();
  });

  it("leaves the flag that it requires", async () => {
    await setAndUp({ AGENT_ENABLED: true, TRANSCRIPTS_ENABLED: 50 });
    const run = await killIn(test, "TRANSCRIPTS_ENABLED");
    expect([await statusOf("/agent"), await statusOf("/transcripts")]).toEqual([200, 404]);
    await reconciled(run);
    const after = (await visits.stop()).filter(({ sent }) => sent > (run.off ?? 0));
    expect(lost(after)).toEqual([]);
    expect(new Set(after.map(({ on }) => on.join()))).toEqual(new Set(["AGENT_ENABLED"]));
    await expectNothingLeft();
  });

  it("that is settled is told to be stranded, and goes off with the state, without a loss", async () => {
    await setAndUp({ AGENT_ENABLED: { exposure: 100, settled: true } });
    const run = await killIn(test, "AGENT_ENABLED");
    expect(run.events[1]).toEqual({ kind: "stranded", variants: ["voice-api--agent-enabled"] });
    expect([await statusOf("/agent"), (await ask(test.urlOf("dev"), { path: "/billing" })).body.includes('"x-flag-agent-enabled":"false"')]).toEqual([
      404,
      true,
    ]);
    await reconciled(run);
    const reconciledAt = performance.now();
    const answer = await ask(test.urlOf("dev"), { path: "/voice" });
    expect(answer.body).toContain('"AGENT_ENABLED":"false"');
    const seen = await visits.stop();
    expect(lost(seen)).toEqual([]);
    expect(seen.filter(({ sent, on }) => sent > reconciledAt && on.length > 0)).toEqual([]);
    await expectNothingLeft();
  });
});

describe("a route that is killed", () => {
  it("goes alone", async () => {
    await setAndUp({ AGENT_ENABLED: true });
    const run = await killIn(test, "agent");
    expect(run.events[0]).toMatchObject({ kind: "traffic-off", subject: "AGENT_ENABLED/agent", flags: [] });
    expect(await statusOf("/agent")).toBe(404);
    expect(await readSettings(test.root, "dev")).toMatchObject({ "sluice:kill": { AGENT_ENABLED: ["agent"] } });
    await reconciled(run);
    expect(await flagd()).toMatchObject({ flags: { AGENT_ENABLED: { defaultVariant: "on" } } });
    const after = (await visits.stop()).filter(({ sent }) => sent > (run.off ?? 0));
    expect(lost(after)).toEqual([]);
    expect(new Set(after.map(({ on }) => on.join()))).toEqual(new Set(["AGENT_ENABLED"]));
    await expectNothingLeft();
  });

  it("leaves nothing standing when its flag is killed before the state knew of it", async () => {
    await setAndUp({ AGENT_ENABLED: true });
    await killIn(test, "AGENT_ENABLED/agent");
    await reconciled(await killIn(test, "AGENT_ENABLED"));
    await expectNothingLeft();
  });
});

describe("a kill of what is killed already", () => {
  it("changes nothing, and leaves nothing standing that would outlive its revival", async () => {
    await setAndUp({ AGENT_ENABLED: true });
    await reconciled(await killIn(test, "AGENT_ENABLED"));
    const before = withoutRevision(await readFile(documentPath(test, "traefik", "dynamic.yaml"), "utf8"));
    await reconciled(await killIn(test, "AGENT_ENABLED"));
    expect(withoutRevision(await readFile(documentPath(test, "traefik", "dynamic.yaml"), "utf8"))).toBe(before);
    await expectNothingLeft();
    await setAndUp({ AGENT_ENABLED: true });
    expect(await statusOf("/agent")).toBe(200);
  });
});

function withoutRevision(text: string): string {
  return text.replaceAll(/[0-9a-f]{12}/g, "");
}
