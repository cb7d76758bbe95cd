import { describe, expect, it } from "vitest";
import type { FactName } from "../../../../src/monitoring/facts.ts";
import { type StageSource, stageSamples, unreadableSamples } from "../../../../src/operations/facts/stage-samples.ts";
import type { Update } from "../../../../src/operations/history.ts";
import type { StageFacts } from "../../../../src/operations/status/stage-facts.ts";
import { chain, draft } from "../../../support/audit.ts";
import { catalogInput, modelFrom } from "../../../support/model.ts";
import { recordOf, stageFacts } from "../../../support/stage-facts.ts";

const NOW = new Date("2027-01-31T12:00:00Z");
const SINCE = "2027-01-31T00:00:00Z";
const seconds = (moment: string): number => Date.parse(moment) / 1000;

function catalogWith(flag: Record<string, unknown> = {}): unknown {
  const catalog = catalogInput();
  Object.assign(catalog.flags["AGENT_ENABLED"] ?? {}, flag);
  return catalog;
}

function source(changes: Partial<StageFacts> = {}, others: Partial<StageSource> = {}, catalog: unknown = catalogInput()): StageSource {
  const model = modelFrom({}, catalog, "staging");
  const traefik = { url: "http://127.0.0.1:8201", reachable: true };
  return { facts: stageFacts({ model, applied: model, traefik, ...changes }), previous: null, catalog: model.catalog, drills: {}, ...others };
}

/** The values of a fact, by its labels other than the stage. */
function valuesOf(from: StageSource, fact: FactName): Record<string, number> {
  const own = stageSamples(from, NOW).filter((sample) => sample.fact === fact);
  return Object.fromEntries(
    own.map(({ labels: { stage, ...rest }, value }) => {
      expect(stage).toBe("staging");
      return [Object.values(rest).join(" "), value];
    }),
  );
}

function update(changes: Partial<Update> = {}): Update {
  const at = new Date("2027-01-31T01:00:00Z");
  return {
    number: 1,
    kind: "update",
    succeeded: true,
    changedResources: true,
    startedAt: at,
    endedAt: at,
    message: "",
    by: null,
    config: {},
    checkpointPath: "",
    ...changes,
  };
}

describe("the facts of a stage", () => {
  it("tell what is deployed, since when, and how long it must stay", () => {
    const from = source({ record: recordOf({ AGENT_ENABLED: 100, TRANSCRIPTS_ENABLED: 25 }, SINCE, ["AGENT_ENABLED"]) }, {}, catalogWith({ soak: "24h" }));
    expect(valuesOf(from, "deployed")).toEqual({ "": 1 });
    expect(valuesOf(from, "exposure")).toEqual({ AGENT_ENABLED: 1, TRANSCRIPTS_ENABLED: 0.25 });
    expect(valuesOf(from, "since")).toEqual({ AGENT_ENABLED: seconds(SINCE), TRANSCRIPTS_ENABLED: seconds(SINCE) });
    expect(valuesOf(from, "soak")).toEqual({ AGENT_ENABLED: 12 * 3600 });
    expect(valuesOf(from, "settled")).toEqual({ AGENT_ENABLED: 1, TRANSCRIPTS_ENABLED: 0 });
    expect(valuesOf(from, "expiry")).toEqual({ AGENT_ENABLED: seconds("2027-07-01T00:00:00Z"), TRANSCRIPTS_ENABLED: seconds("2027-07-01T00:00:00Z") });
    expect(valuesOf(from, "info")).toEqual({ "AGENT_ENABLED voice": 1, "TRANSCRIPTS_ENABLED voice": 1 });
  });

  it("tell drift, kills and who is killed", () => {
    const standing = [{ subject: "AGENT_ENABLED", flags: ["AGENT_ENABLED", "TRANSCRIPTS_ENABLED"], routes: [] }];
    const from = source({ record: recordOf({ AGENT_ENABLED: 25 }, SINCE), standing, drift: [{ name: "traefik.yaml", path: "/x", state: "differs" }] });
    expect(valuesOf(from, "drifted")).toEqual({ "": 1 });
    expect(valuesOf(from, "standingKills")).toEqual({ "": 1 });
    expect(valuesOf(from, "killed")).toEqual({ AGENT_ENABLED: 1, TRANSCRIPTS_ENABLED: 1 });
  });

  it("say nothing of drift where something cannot be read, unless there is some", () => {
    const faults = [{ failure: "engine" as const, text: "torn" }];
    expect(valuesOf(source({ faults }), "drifted")).toEqual({});
    expect(valuesOf(source({ faults, drift: [{ name: "traefik.yaml", path: "/x", state: "differs" }] }), "drifted")).toEqual({ "": 1 });
    expect(valuesOf(source({}), "drifted")).toEqual({ "": 0 });
  });

  it("tell the newest update, and whether it stopped half-way", () => {
    const failed = update({ number: 2, succeeded: false, endedAt: new Date("2027-01-31T02:00:00Z") });
    const from = source({ history: [update(), failed] });
    expect(valuesOf(from, "updates")).toEqual({ "": 2 });
    expect(valuesOf(from, "update")).toEqual({ "": seconds("2027-01-31T01:00:00Z") });
    expect(valuesOf(from, "halfDone")).toEqual({ "": 1 });
    expect(valuesOf(source({ history: [failed, update({ number: 3 })] }), "halfDone")).toEqual({ "": 0 });
    expect(valuesOf(source({ history: [update(), update({ number: 2, succeeded: false, changedResources: false })] }), "halfDone")).toEqual({ "": 0 });
  });

  it("tell the newest end of each operation that did something, by flag", () => {
    const entries = chain([
      draft({ operation: "kill", subject: "AGENT_ENABLED/agent", at: new Date("2027-01-31T01:00:00Z") }),
      draft({ operation: "kill", subject: "AGENT_ENABLED", at: new Date("2027-01-31T02:00:00Z") }),
      draft({ operation: "kill", subject: "AGENT_ENABLED", at: new Date("2027-01-31T03:00:00Z"), result: "refused" }),
      draft({ operation: "rollback", subject: null, at: new Date("2027-01-31T04:00:00Z"), result: "unproven" }),
    ]);
    expect(valuesOf(source({ entries }), "operation")).toEqual({
      "AGENT_ENABLED kill": seconds("2027-01-31T02:00:00Z"),
      " rollback": seconds("2027-01-31T04:00:00Z"),
    });
  });

  describe("on drills", () => {
    const record = recordOf({ AGENT_ENABLED: 25 }, SINCE);
    const drilled = catalogWith({ drill: "7d" });
    const previous = stageFacts({ stage: "dev", record: recordOf({ AGENT_ENABLED: 100 }, SINCE) });
    const at = (moment: string): Date => new Date(moment);
    const day = 86_400;

    it.each([
      ["none was rehearsed", {}, 0],
      ["one was, here", { staging: at("2027-01-20T00:00:00Z") }, seconds("2027-01-20T00:00:00Z") + 7 * day],
      [
        "a newer one was, in the stage before",
        { staging: at("2027-01-20T00:00:00Z"), dev: at("2027-01-30T00:00:00Z") },
        seconds("2027-01-30T00:00:00Z") + 7 * day,
      ],
      ["one was, in a stage that does not count", { production: at("2027-01-30T00:00:00Z") }, 0],
      ["one is of the future", { dev: at("2027-03-01T00:00:00Z") }, 0],
    ])("where %s", (_title, drills, due) => {
      expect(valuesOf(source({ record }, { previous, drills }, drilled), "drillDue")).toEqual({ AGENT_ENABLED: due });
    });

    it.each([
      ["the flag asks for none", source({ record }, { previous })],
      ["the stage is the first", source({ record }, { previous: null }, drilled)],
      ["the flag is settled", source({ record: recordOf({ AGENT_ENABLED: 100 }, SINCE, ["AGENT_ENABLED"]) }, { previous }, drilled)],
      ["the flag is not under way", source({ record: recordOf({}, SINCE) }, { previous: stageFacts({ stage: "dev" }) }, drilled)],
    ])("say nothing where %s", (_title, from) => {
      expect(valuesOf(from, "drillDue")).toEqual({});
    });
  });

  it("leave out what is not known, so that no zero says that all is well", () => {
    const fault = { failure: "engine", text: "no checkpoint" } as const;
    const from = source({ stateKnown: false, applied: null, faults: [fault] });
    expect(stageSamples(from, NOW).map(({ fact }) => fact)).toEqual(["read", "readable", "traefik", "info", "expiry", "info", "expiry"]);
    expect(valuesOf(from, "readable")).toEqual({ "": 0 });
  });

  it("leave owners and dates out where the catalogue cannot be used", () => {
    const from = source({ record: recordOf({ AGENT_ENABLED: 5 }, SINCE), model: null }, { catalog: null });
    expect(valuesOf(from, "readable")).toEqual({ "": 0 });
    expect(valuesOf(from, "exposure")).toEqual({ AGENT_ENABLED: 0.05 });
    expect(valuesOf(from, "expiry")).toEqual({});
  });

  it("are two where nothing can be read", () => {
    expect(unreadableSamples("staging", NOW)).toEqual([
      { fact: "read", labels: { stage: "staging" }, value: NOW.getTime() / 1000 },
      { fact: "readable", labels: { stage: "staging" }, value: 0 },
    ]);
  });
});
