import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { extent } from "../support/extent.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";
import { writeSettings } from "../support/settings.ts";
import { expectNoTrace, isOn, mustUp, statePath, up } from "../support/stage-commands.ts";
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

const state = (stage: string): string => statePath(test.root, stage);
const inStaging = (bucket: number): Promise<boolean> => isOn(test, bucket, "staging");

async function setAndUp(stage: string, exposure: number): Promise<void> {
  await writeSettings(test.root, stage, { flags: { AGENT_ENABLED: exposure }, kill: null });
  await mustUp(test, stage);
}

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
      for (const exposure of [5, 25]) await setAndUp("staging", exposure);
      await spoil();
      const promoted = await test.sluice(["promote", "AGENT_ENABLED", "--stage", "staging", "--yes"]);
      expect([1, 3], promoted.output).toContain(promoted.code);
      expect(promoted.output).toContain(inPromotion);
      await writeSettings(test.root, "staging", { flags: { AGENT_ENABLED: 50 } });
      const raised = await up(test, "staging");
      expect(raised.code).not.toBe(0);
      expect(raised.output).toMatch(refusal);
      expect(raised.output).toMatch(/way out: (put the state of dev right, as docs\/state\.md says|first: npx pulumi)/);
      for (const { output } of [promoted, raised]) expectNoTrace(output);
      expect([await inStaging(3), await inStaging(4)]).toEqual([true, false]);

      const back = await test.sluice(["rollback", "--stage", "staging"]);
      expect(back.code, back.output).toBe(0);
      expect([await inStaging(2), await inStaging(3)]).toEqual([true, false]);
      await setAndUp("staging", 1);
      const killed = await test.sluice(["kill", "AGENT_ENABLED", "--stage", "staging", "--reason", "a test"]);
      expect(killed.code, killed.output).toBe(0);
      expect(await inStaging(1)).toBe(false);
      expect(lost(visits.seen)).toEqual([]);
      await writeFile(state("dev"), whole);
    },
  );

  it("raises again once that is put right as docs/state.md says", async () => {
    await writeFile(state("dev"), whole.slice(0, 300));
    await copyFile(`${state("dev")}.bak`, state("dev"));
    const refreshed = await test.pulumi(["refresh", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(refreshed.code, refreshed.output).toBe(0);
    await mustUp(test);
    await setAndUp("staging", 50);
    expect(await inStaging(4)).toBe(true);
    expect(lost(visits.seen)).toEqual([]);
  });
});
