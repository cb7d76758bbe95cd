import { describe, expect, it } from "vitest";
import type { Update } from "../../../../src/operations/history.ts";
import { BYSTANDER, FLAG } from "../../../../src/operations/training/exercise.ts";
import { exerciseOf } from "../../../../src/operations/training/exercises.ts";
import type { SeenStage } from "../../../../src/operations/training/seen.ts";
import { chain, draft } from "../../../support/audit.ts";
import { recordOf, stageFacts } from "../../../support/stage-facts.ts";

const STARTED = new Date("2027-01-31T12:00:00Z");
const BEFORE = "2027-01-31T11:00:00.000Z";
const AFTER = "2027-01-31T12:05:00.000Z";

function update(config: Record<string, unknown> = {}, changedResources = true): Update {
  const at = new Date(AFTER);
  return {
    number: 2,
    kind: "update",
    succeeded: true,
    changedResources,
    startedAt: at,
    endedAt: at,
    message: "",
    by: null,
    config,
    checkpointPath: "",
  };
}

function seen(facts: Parameters<typeof stageFacts>[0]): SeenStage {
  return {
    facts: stageFacts(facts),
    answers: [{ route: "voice-api", visitor: "newcomer", state: "as planned", detail: "" }],
    gatedStatus: 200,
    newcomers: { asked: 60, failed: 0 },
  };
}

/** What an exercise says is missing. */
function missingIn(number: number, stages: Readonly<Record<string, SeenStage>>): string[] {
  return exerciseOf(number)
    .judge({ started: STARTED, stages })
    .filter(({ met }) => !met)
    .map(({ what }) => what);
}

describe("a wrong solution of the exercise", () => {
  const record = recordOf({ [FLAG]: 25, [BYSTANDER]: 0 }, BEFORE);

  it("4 is an update that found nothing to do, and an edit by hand after it", () => {
    expect(missingIn(4, { dev: seen({ record, history: [update({}, false)] }) })).toEqual([
      "an update of dev has put something right since the exercise began",
    ]);
    expect(missingIn(4, { dev: seen({ record, history: [update()] }) })).toEqual([]);
  });

  it("5 is an override that was taken back, or an approval written by hand", () => {
    const approval = draft({ stage: "production", operation: "approve", subject: FLAG, at: new Date(AFTER) });
    const stages = (config: Record<string, unknown>, approved: boolean) => ({
      dev: seen({}),
      staging: seen({ record: recordOf({ [FLAG]: 100 }, AFTER), history: [update()] }),
      production: seen({ record, history: [update(config), update()], entries: approved ? chain([approval]) : [] }),
    });
    const model = { "sluice:overrides": { [FLAG]: "in a hurry" } };
    // A model is there in the real stages; here the history alone tells.
    expect(missingIn(5, stages(model, true))).toEqual(["production has had no override"]);
    expect(missingIn(5, stages({}, false))).toEqual([`the audit has approve of ${FLAG} as done`]);
    expect(missingIn(5, stages({}, true))).toEqual([]);
  });

  it("6 is a state that was made anew", () => {
    const anew = recordOf({ [FLAG]: 25, [BYSTANDER]: 0 }, AFTER);
    const last = { history: [update()] };
    expect(missingIn(6, { dev: seen({ record: anew, ...last }) })).toContain("an earlier state of dev was put back");
    expect(missingIn(6, { dev: seen({ record, ...last }) })).not.toContain("an earlier state of dev was put back");
    expect(missingIn(6, { dev: seen({ stateKnown: false, ...last }) })).toContain("files of dev are as the state says");
  });
});
