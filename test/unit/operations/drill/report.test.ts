import { describe, expect, it } from "vitest";
import { renderReport } from "../../../../src/cli/actions/drill.ts";
import { type DrillReport, findFaults, type Passage, reportPath, reportText } from "../../../../src/operations/drill/report.ts";
import { whatRuns } from "../../../../src/operations/drill/what-runs.ts";
import type { Update } from "../../../../src/operations/history.ts";

function passage(changes: Partial<Passage> = {}): Passage {
  return {
    way: "back",
    to: 1,
    update: 3,
    failure: null,
    seconds: { lastOld: 1.2, update: 1.3, returned: 1.5 },
    requests: 400,
    lost: 0,
    losses: {},
    askedAfter: true,
    state: { resources: 9, mismatches: [], flagsAmiss: [] },
    routes: { asked: 18, wrong: [], routersAmiss: [] },
    ...changes,
  };
}

const FORWARD = passage({ way: "forward", to: 2, update: 4 });

function report(changes: Partial<DrillReport> = {}): DrillReport {
  return {
    stage: "dev",
    at: "2027-01-31T02:00:00Z",
    by: "ann",
    passed: true,
    why: [],
    updates: { from: 2, to: 1 },
    runs: 2,
    effects: ["AGENT_ENABLED 100% -> 0%"],
    load: { rate: 200, visitors: 18, notAsked: [] },
    back: passage(),
    forward: FORWARD,
    versions: { pulumi: "3.255.0", traefik: "3.7.13" },
    seconds: 4,
    ...changes,
  };
}

describe("a way", () => {
  it.each<[string, Partial<Passage>, string[]]>([
    ["without a fault", {}, []],
    ["that failed", { failure: "no space", state: null, routes: null }, ["the way back: the update failed: no space"]],
    ["that lost requests", { lost: 2, losses: { "status 503": 2 } }, ["the way back: 2 of 400 requests were lost (2 times status 503)"]],
    [
      "on which nothing was measured",
      { seconds: { lastOld: null, update: 1, returned: 2 } },
      ["the way back: no visitor met what it takes away, so nothing was measured"],
    ],
    [
      "with a late answer",
      { seconds: { lastOld: 2.5, update: 1, returned: 2 } },
      ["the way back: an answer of the state that was left came after 2.5 s, and the update had returned after 2 s"],
    ],
    ["that was not asked after", { askedAfter: false }, ["the way back: not every visitor could be asked ten times more after it"]],
    [
      "with another state",
      { state: { resources: 9, mismatches: [{ urn: "a", inputs: ["b"], state: "differs" }], flagsAmiss: ["A"] } },
      ["the way back: 1 of 9 resources are not those of update 1", "the way back: the record of the stage says something else of A"],
    ],
    ["with other routes", { routes: { asked: 1, wrong: [], routersAmiss: ["x -> y"] } }, ["the way back: routes are not those of update 1"]],
    ["without a Traefik", { routes: null }, ["the way back: no Traefik answered, so routes could not be proven"]],
  ])("%s", (_case, changes, faults) => {
    expect(findFaults(passage(changes))).toEqual(faults);
  });
});

describe("a report", () => {
  it("has a file by stage and moment", () => {
    expect(reportPath(report())).toBe("drills/dev-20270131T020000Z.json");
  });

  it("has the same bytes in any order of its parts", () => {
    const reversed = { ...report(), ...Object.fromEntries(Object.entries(report()).reverse()) };
    expect(reportText(reversed)).toBe(reportText(report()));
    expect(reportText(report())).toMatch(/^\{\n {2}"at": "2027-01-31T02:00:00Z",\n {2}"back": \{\n/);
  });
});

describe("what runs after a drill", () => {
  const update = (number: number, changes: Partial<Update> = {}): Update => ({
    number,
    kind: "update",
    succeeded: true,
    changedResources: true,
    startedAt: new Date(0),
    endedAt: new Date(0),
    by: null,
    message: "",
    config: {},
    checkpointPath: "",
    ...changes,
  });
  const before = [update(1), update(2)];
  it.each<[string, Update[], Passage | null, number | null]>([
    ["what ran before", [...before, update(3), update(4)], FORWARD, 2],
    ["the earlier state", [...before, update(3)], null, 1],
    [
      "the earlier state, where the gates refused to go forward",
      [...before, update(3), update(4, { succeeded: false, changedResources: false })],
      passage({ update: null }),
      1,
    ],
    ["nothing whole, where an update failed half-way", [...before, update(3), update(4, { succeeded: false })], passage({ update: null }), null],
    ["what someone else has made of it", [...before, update(3), update(4)], null, null],
  ])("is %s", (_case, history, forward, expected) => {
    expect(whatRuns(history, 2, passage(), forward)).toBe(expected);
  });
});

describe("the end of a drill is told", () => {
  it.each([
    ["when it passed", report(), "passed: dev went back from update 2 to update 1 and forward again; last exposed answer after 1.20 s, 0 of 800 requests lost"],
    [
      "when it was measured and did not pass",
      report({ passed: false, why: ["the way back: 1 of 9 requests were lost (1 times status 503)"] }),
      "NOT passed: dev, update 2 back to update 1\n  the way back: 1 of 9 requests were lost (1 times status 503)\ndev runs update 2 as before.",
    ],
    [
      "when it stayed back",
      report({ passed: false, why: ["it did not go forward again: the drill was interrupted"], runs: 1, forward: null }),
      "NOT passed: dev, update 2 back to update 1\n  it did not go forward again: the drill was interrupted\ndev runs the earlier state, that of update 1.\nTo what ran before the drill: npx sluice rollback --stage dev --to 2",
    ],
    [
      "when neither state runs",
      report({ passed: false, why: ["the way forward: the update failed: no space"], runs: null }),
      "NOT passed: dev, update 2 back to update 1\n  the way forward: the update failed: no space\ndev runs the state of neither. See: npx sluice history --stage dev\nTo what ran before the drill: npx sluice rollback --stage dev --to 2\nTo the earlier state: npx sluice rollback --stage dev --to 1",
    ],
  ])("%s", (_case, given, text) => {
    expect(renderReport(given)).toBe(text);
  });
});
