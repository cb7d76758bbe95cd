import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { RECORD_NAME } from "../../src/plan/stage-record.ts";
import { documentPath, killCatalog, killIn, reconciled, standingKills } from "../support/kill.ts";
import { makeProject, type TestProject, writeCatalog } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";
import { writeSettings } from "../support/settings.ts";
import { lost, startVisits } from "../support/visits.ts";
import { until } from "../support/wait.ts";

let test: TestProject;
let serving: Serving;

beforeAll(async () => {
  test = await makeProject();
  await writeCatalog(test.root, killCatalog());
  await test.pulumi(["stack", "init", "dev"]);
  expect((await up()).code).toBe(0);
  serving = await serveStages(test.root, ["dev"]);
});
afterAll(async () => {
  await serving.stop();
  await test.remove();
});

const up = (): Promise<{ code: number; output: string }> => test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
const contains = async (path: readonly string[], words: string): Promise<boolean> =>
  (await readFile(documentPath(test, ...path), "utf8").catch(() => "")).includes(words);
const locks = (): Promise<string[]> => readdir(`${test.root}/.state/.pulumi/locks/organization/sluice/dev`).catch(() => []);

const moments: readonly (readonly [moment: string, reached: () => Promise<boolean>])[] = [
  ["the update has its lock", async () => (await locks()).length > 0],
  ["the new variant's env file is there", async () => (await readdir(documentPath(test, "env"))).some((name) => name.startsWith("voice-api--agent"))],
  ["flagd's document has the flag", () => contains(["flagd", "flags.json"], '"defaultVariant": "on"')],
  ["Traefik's document has the flag", () => contains(["traefik", "dynamic.yaml"], "voice-api--agent-enabled")],
  ["the record of the stage is written, and the update about to end", () => contains([RECORD_NAME], '"AGENT_ENABLED":100')],
];

describe("a kill in the middle of an update that raises the flag", () => {
  it.each(moments)("holds where it comes as soon as %s", async (_moment, reached) => {
    await writeSettings(test.root, "dev", { flags: {}, kill: null });
    expect((await up()).code).toBe(0);
    const visits = startVisits(test.urlOf("dev"), [
      ["/voice", "sluice-1=x"],
      ["/billing", ""],
    ]);
    await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: true } });
    const raising = up();
    await until("the moment has come", reached, 30_000);
    const run = await killIn(test, "AGENT_ENABLED");
    await raising;
    const ended = performance.now();
    expect(await contains(["flagd", "flags.json"], '"defaultVariant": "on"')).toBe(false);
    const { code, output } = await up();
    expect(code, output).toBe(0);
    await until("some visitors have come since", () => visits.seen.filter(({ sent }) => sent > ended).length > 20);
    const seen = await visits.stop();
    expect(lost(seen)).toEqual([]);
    expect(seen.filter(({ sent, on }) => sent > ended && on.length > 0)).toEqual([]);
    await reconciled(run);
    expect(await standingKills(test)).toBeNull();
    expect((await test.pulumi(["preview", "--stack", "dev", "--expect-no-changes"])).code).toBe(0);
  });
});
