import { describe, expect, it } from "vitest";
import { checkGates, neighbours } from "../../../src/plan/check-gates.ts";
import type { GateFacts } from "../../../src/plan/gate.ts";
import type { StageRecord } from "../../../src/plan/stage-record.ts";
import { catalogInput, modelFrom } from "../../support/model.ts";

const NOW = new Date("2027-01-01T12:00:00Z");
const FACTS: GateFacts = { now: NOW, current: null, previous: null, freeze: null, drills: {}, rehearsed: {}, actor: "ann" };
const RAISED = { flags: { AGENT_ENABLED: 5 } };

/** A stage that has the flag this far, since a moment. */
function at(exposure: number, since = "2026-12-31T12:00:00.000Z", settled: string[] = []): StageRecord {
  return { exposures: { AGENT_ENABLED: exposure }, permitted: { AGENT_ENABLED: exposure }, settled, since: { AGENT_ENABLED: since } };
}

/** A catalogue whose flag has these policies. */
function withPolicy(policy: Record<string, unknown>, rest: Record<string, unknown> = {}): unknown {
  const catalog = catalogInput();
  return { ...catalog, ...rest, flags: { ...catalog.flags, AGENT_ENABLED: { ...catalog.flags["AGENT_ENABLED"], ...policy } } };
}

function refusals(settings: Record<string, unknown>, stage: string, facts: Partial<GateFacts>, catalog?: unknown): string[] {
  const model = modelFrom(settings, catalog, stage);
  return checkGates(model.catalog, model.settings, { ...FACTS, ...facts }).refusals.map((fault) => fault.found);
}

describe("the order of stages", () => {
  it.each([
    ["the first stage", "dev", true, {}, []],
    ["a stage whose predecessor was never deployed", "staging", 1, {}, ["would go to 1 per cent in staging, but the stage dev has not been deployed"]],
    ["a stage whose predecessor has it in part", "staging", true, { previous: at(50) }, ["would go to 100 per cent in staging, but dev has it at 50 per cent"]],
    [
      "a stage whose predecessor cannot be asked",
      "staging",
      true,
      { previousFault: "unexpected end" },
      ["would go to 100 per cent in staging, but the state of dev cannot be read: unexpected end"],
    ],
    ["lowering it where the predecessor cannot be asked", "staging", 5, { current: at(25), previousFault: "unexpected end" }, []],
    ["a stage whose predecessor has it fully", "production", 25, { previous: at(100) }, []],
    ["keeping an exposure that the stage has", "production", 25, { current: at(25), previous: at(0) }, []],
    ["lowering it", "production", 5, { current: at(25), previous: at(0) }, []],
    ["raising it further", "production", 50, { current: at(25), previous: at(0) }, ["would go to 50 per cent in production, but staging has it at 0 per cent"]],
    ["the day of the expiry", "dev", true, { now: new Date("2027-06-30T23:59:59Z") }, []],
    ["the day after", "dev", true, { now: new Date("2027-07-01T00:00:00Z") }, ["would go to 100 per cent in dev, but the flag expired on 2027-06-30"]],
    ["keeping an expired flag", "dev", 5, { current: at(5), now: new Date("2028-01-01T00:00:00Z") }, []],
  ])("%s", (_case, stage, setting, facts, expected) => {
    expect(refusals({ flags: { AGENT_ENABLED: setting } }, stage, facts)).toEqual(expected);
  });

  it("names the command that comes first", () => {
    const { catalog, settings } = modelFrom(RAISED, undefined, "staging");
    expect(checkGates(catalog, settings, FACTS).refusals[0]?.wayOut).toContain(
      "npx pulumi config set --stack dev --path 'flags.AGENT_ENABLED' true && npx pulumi up --stack dev",
    );
  });

  it("does not stand in the way of a kill", () => {
    expect(refusals({ flags: { AGENT_ENABLED: 100 }, kill: { AGENT_ENABLED: true } }, "production", { current: at(100) })).toEqual([]);
  });

  it("holds for a raise behind a kill, which would show when the kill ends", () => {
    expect(refusals({ flags: { AGENT_ENABLED: 100 }, kill: { AGENT_ENABLED: true } }, "production", {})).toHaveLength(1);
  });

  it("gives way to a written reason, and tells what it set aside", () => {
    const { catalog, settings } = modelFrom({ ...RAISED, overrides: { AGENT_ENABLED: "pilot customer waits" } }, undefined, "production");
    expect(checkGates(catalog, settings, FACTS)).toMatchObject({
      refusals: [],
      overridden: [
        { flag: "AGENT_ENABLED", reason: "pilot customer waits", refusal: "would go to 5 per cent in production, but the stage staging has not been deployed" },
      ],
    });
  });

  it.each([
    ["staging", {}, { current: null, previous: null }],
    ["staging", { AGENT_ENABLED: 1 }, { current: "staging", previous: "dev" }],
    ["dev", { AGENT_ENABLED: 1 }, { current: "dev", previous: null }],
  ])("in %s with %j asks %j", (stage, flags, expected) => {
    const { catalog, settings } = modelFrom({ flags }, undefined, stage);
    expect(neighbours(catalog, settings)).toEqual(expected);
  });
});

describe("soak", () => {
  const soaked = withPolicy({ soak: "24h" });
  it.each([
    ["a second too early", "2026-12-31T12:00:01.000Z", 1],
    ["over to the second", "2026-12-31T12:00:00.000Z", 0],
  ])("%s", (_case, since, count) => {
    expect(refusals(RAISED, "staging", { previous: at(100, since) }, soaked)).toHaveLength(count);
  });

  it("says when it is over", () => {
    const { catalog, settings } = modelFrom(RAISED, soaked, "staging");
    const decision = checkGates(catalog, settings, { ...FACTS, previous: at(100, "2027-01-01T00:00:00.000Z") });
    expect(decision.refusals[0]?.found).toBe(
      "would go to 5 per cent in staging, but dev has it fully on since 2027-01-01 00:00:00Z, and its soak of 1d is over at 2027-01-02 00:00:00Z",
    );
    expect(decision.verdicts.find(({ gate }) => gate === "soak")?.opensAt).toEqual(new Date("2027-01-02T00:00:00Z"));
  });

  it("is by stage where it is given so", () => {
    const byStage = withPolicy({ soak: { staging: "7d" } });
    expect(refusals(RAISED, "staging", { previous: at(100) }, byStage)).toEqual([]);
    expect(refusals(RAISED, "production", { previous: at(100) }, byStage)).toHaveLength(1);
  });

  it("does not begin before the record says since when", () => {
    expect(refusals(RAISED, "staging", { previous: { ...at(100), since: {} } }, soaked)[0]).toContain("it is not known since when dev has it fully on");
  });

  it.each([
    ["before it is over", at(100, "2027-01-01T11:00:00.000Z"), ["would be true, but its soak of 1d in dev is over at 2027-01-02 11:00:00Z"]],
    ["once it is over", at(100), []],
    ["in a stage that does not have it", at(50), ["would be true, but dev does not have it fully on yet"]],
    ["that was settled before, whatever happened since", at(100, "2027-01-01T11:59:00.000Z", ["AGENT_ENABLED"]), []],
  ])("keeps a flag from being settled %s", (_case, current, expected) => {
    const settled = { flags: { AGENT_ENABLED: { exposure: 100, settled: true } } };
    expect(refusals(settled, "dev", { current }, soaked)).toEqual(expected);
  });
});

describe("freeze", () => {
  const frozen = withPolicy({}, { freezes: [{ name: "year end", timeZone: "UTC", dates: ["2027-01-01"], stages: ["dev"] }] });
  const freeze = { name: "year end", until: new Date("2027-01-02T00:00:00Z") };
  it("refuses a raise, and says until when", () => {
    expect(refusals(RAISED, "dev", { freeze }, frozen)).toEqual(['would go to 5 per cent in dev, but the freeze "year end" holds until 2027-01-02 00:00:00Z']);
  });
  it("lets a flag be lowered", () => {
    expect(refusals(RAISED, "dev", { freeze, current: at(25) }, frozen)).toEqual([]);
  });
});

describe("drill", () => {
  const drilled = withPolicy({ drill: "30d" });
  const previous = at(100);
  it.each([
    ["none", {}, ["would go to 5 per cent in staging, but no rollback was ever rehearsed in staging or dev"]],
    ["an old one", { dev: new Date("2026-11-30T12:00:00Z") }, ["would go to 5 per cent in staging, but the last rehearsed rollback is 32d old"]],
    ["one in the stage before", { dev: new Date("2026-12-30T12:00:00Z") }, []],
    ["one in this stage", { dev: new Date("2026-01-01T12:00:00Z"), staging: new Date("2026-12-30T12:00:00Z") }, []],
    [
      "one elsewhere",
      { production: new Date("2026-12-30T12:00:00Z") },
      ["would go to 5 per cent in staging, but no rollback was ever rehearsed in staging or dev"],
    ],
  ])("%s", (_case, drills, expected) => {
    expect(refusals(RAISED, "staging", { previous, drills }, drilled)).toEqual(expected);
  });
  it("is not asked in the first stage", () => {
    expect(refusals(RAISED, "dev", {}, drilled)).toEqual([]);
  });
  it.each([
    ["to what ran before it", 5, []],
    ["no further", 1, ["would go to 5 per cent in staging, but no rollback was ever rehearsed in staging or dev"]],
  ])("lets a drill that is under way go forward %s", (_case, ran, expected) => {
    expect(refusals(RAISED, "staging", { previous, rehearsed: { AGENT_ENABLED: ran } }, drilled)).toEqual(expected);
  });
});

describe("review", () => {
  const reviewed = withPolicy({ review: true });
  it.each([
    ["without approval", {}, "nobody has approved it"],
    ["approved by the author", { by: "ann" }, "ann may not approve an own change"],
    ["approved up to less", { by: "bob", exposure: 1 }, "bob has approved it up to 1 per cent"],
    ["approved by another", { by: "bob" }, null],
  ])("%s", (_case, approval, because) => {
    const approvals = Object.keys(approval).length === 0 ? {} : { AGENT_ENABLED: approval };
    expect(refusals({ ...RAISED, approvals }, "dev", {}, reviewed)).toEqual(because === null ? [] : [`would go to 5 per cent in dev, but ${because}`]);
  });
});

describe("required flags", () => {
  it("must be on as far, and not killed", () => {
    const model = modelFrom({ flags: { AGENT_ENABLED: 5, TRANSCRIPTS_ENABLED: 5 }, kill: { AGENT_ENABLED: true } });
    expect(checkGates(model.catalog, model.settings, FACTS).refusals.map(({ found }) => found)).toEqual([
      "would go to 5 per cent in dev, but it requires AGENT_ENABLED, which is killed",
    ]);
  });
});

describe("the verdicts", () => {
  it("hold every gate that was looked at, with its fact", () => {
    const { catalog, settings } = modelFrom(RAISED, withPolicy({ soak: "1h", drill: "7d", review: true }), "staging");
    const { verdicts } = checkGates(catalog, settings, { ...FACTS, previous: at(100), drills: { dev: NOW } });
    expect(verdicts.map(({ gate, fact, refusal }) => `${gate}: ${fact}${refusal === null ? "" : " (refused)"}`)).toEqual([
      "expiry: expires on 2027-06-30",
      "order: dev has it fully on",
      "soak: dev has it fully on since 2026-12-31 12:00:00Z, 1h of soak are over",
      "drill: a rollback was rehearsed in dev on 2027-01-01 12:00:00Z",
      "review: nobody has approved it (refused)",
    ]);
  });
});
