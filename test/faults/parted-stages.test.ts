import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { extent } from "../support/extent.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";
import { writeSettings } from "../support/settings.ts";
import { lost, startVisits, type Visits } from "../support/visits.ts";

let test: TestProject;
let serving: Serving;
let visits: Visits;
let whole: string;

beforeAll(async () => {
  test = await makeProject();
  for (const stage of ["dev", "staging"]) await test.pulumi(["stack", "init", stage]);
  await setAndUp("dev", 100);
  await setAndUp("staging", 0);
  serving = await serveStages(test.root, ["staging"]);
  visits = startVisits(test.urlOf("staging"), [
    ["/voice", "sluice-1=x"],
    ["/billing", "sluice-5=x"],
  ]);
  whole = await readFile(state("dev"), "utf8");
});
afterAll(async () => {
  await visits.stop();
  await serving.stop();
  await test.remove();
});
beforeEach(async () => {
  await setAndUp("staging", 5);
  await setAndUp("staging", 25);
});

const state = (stage: string): string => join(test.root, ".state", ".pulumi", "stacks", "sluice", `${stage}.json`);
const up = (stage: string): Promise<{ code: number; output: string }> => test.pulumi(["up", "--yes", "--skip-preview", "--stack", stage]);
const isOn = async (bucket: number): Promise<boolean> =>
  (await ask(test.urlOf("staging"), { path: "/voice", headers: { cookie: `sluice-${bucket}=x` } })).body.includes('"AGENT_ENABLED":"true"');

async function setAndUp(stage: string, exposure: number): Promise<void> {
  await writeSettings(test.root, stage, { flags: { AGENT_ENABLED: exposure }, kill: null });
  const { code, output } = await up(stage);
  expect(code, output).toBe(0);
}

const TRACE = /\n\s+at .*:\d+:\d+/;

/** How the state of dev is spoilt, what an update of staging then says, and what a promotion says. */
const spoilings: readonly (readonly [how: string, spoil: () => Promise<void>, refusal: RegExp, inPromotion: string])[] = [
  ["was cut off", () => writeFile(state("dev"), whole.slice(0, 300)), /the state of dev cannot be read: failed to load checkpoint/, "dev.json is no JSON"],
  [
    "has a record that was spoilt",
    () => writeFile(state("dev"), whole.replaceAll('{\\"exposures', '{\\"exxosures')),
    /the state of dev cannot be read: what it says of stage\.json is no record of a stage/,
    "dev.json cannot be used: what it says of stage.json is no record of a stage",
  ],
  ["is not there", () => rm(state("dev")), /the stage dev has not been deployed/, "the stage dev has not been deployed"],
];

describe("a stage that cannot learn what the stage before runs", () => {
  it.each(extent(spoilings, spoilings.slice(0, 1)))(
    "raises nothing where its state %s, says why, and goes back and kills as ever",
    async (_what, spoil, refusal, inPromotion) => {
      await spoil();
      const promoted = await test.sluice(["promote", "AGENT_ENABLED", "--stage", "staging", "--yes"]);
      expect([1, 3], promoted.output).toContain(promoted.code);
      expect(promoted.output).toContain(inPromotion);
      await writeSettings(test.root, "staging", { flags: { AGENT_ENABLED: 50 } });
      const raised = await up("staging");
      expect(raised.code).not.toBe(0);
      expect(raised.output).toMatch(refusal);
      expect(raised.output).toMatch(/way out: (put the state of dev right, as docs\/state\.md says|first: npx pulumi)/);
      for (const { output } of [promoted, raised]) expect(output).not.toMatch(TRACE);
      expect([await isOn(3), await isOn(4)]).toEqual([true, false]);

      const back = await test.sluice(["rollback", "--stage", "staging"]);
      expect(back.code, back.output).toBe(0);
      expect([await isOn(2), await isOn(3)]).toEqual([true, false]);
      await setAndUp("staging", 1);
      const killed = await test.sluice(["kill", "AGENT_ENABLED", "--stage", "staging", "--reason", "a test"]);
      expect(killed.code, killed.output).toBe(0);
      expect(await isOn(1)).toBe(false);
      expect(lost(visits.seen)).toEqual([]);
      await writeFile(state("dev"), whole);
    },
  );

  it("raises again once that is put right as docs/state.md says", async () => {
    await writeFile(state("dev"), whole.slice(0, 300));
    await copyFile(`${state("dev")}.bak`, state("dev"));
    const refreshed = await test.pulumi(["refresh", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(refreshed.code, refreshed.output).toBe(0);
    const again = await up("dev");
    expect(again.code, again.output).toBe(0);
    await setAndUp("staging", 50);
    expect(await isOn(4)).toBe(true);
    expect(lost(visits.seen)).toEqual([]);
  });
});
