import { describe, expect, it } from "vitest";
import { describeEffects } from "../../../src/plan/effects.ts";
import { planRollout } from "../../../src/plan/plan.ts";
import type { RolloutPlan } from "../../../src/plan/rollout-plan.ts";
import { stageOutputs } from "../../../src/plan/stage-outputs.ts";
import { variantName } from "../../../src/plan/variants.ts";
import { modelFrom } from "../../support/model.ts";

function planOf(settings: Record<string, unknown>): RolloutPlan {
  const model = modelFrom(settings);
  return planRollout(model.catalog, model.settings);
}

function variantsOf(settings: Record<string, unknown>, service = "voice-api"): string[] {
  return planOf(settings).services[service]?.variants.map((variant) => `${variant.name} ${variant.role}`) ?? [];
}

describe("the variants of a service", () => {
  it.each([
    ["all flags off", {}, ["base live"]],
    ["one in part", { AGENT_ENABLED: 25 }, ["agent-enabled live", "base live"]],
    ["two nested", { AGENT_ENABLED: 50, TRANSCRIPTS_ENABLED: 5 }, ["agent-enabled--transcr-55b0f1af live", "agent-enabled live", "base live"]],
    ["fully on: the way back stays warm", { AGENT_ENABLED: true }, ["agent-enabled live", "base warm"]],
    ["fully on and settled", { AGENT_ENABLED: { exposure: 100, settled: true } }, ["agent-enabled live"]],
  ])("%s", (_case, flags, expected) => {
    expect(variantsOf({ flags }).map((name) => name.replace(/-[0-9a-f]{8} /, "-55b0f1af "))).toEqual(
      expected.map((name) => name.replace(/-[0-9a-f]{8} /, "-55b0f1af ")),
    );
  });

  it("keep nothing warm under header delivery, where one workload serves all", () => {
    expect(variantsOf({ flags: { AGENT_ENABLED: true } }, "billing-api")).toEqual(["agent-enabled live"]);
  });

  it("are there for testers at exposure 0, and only their routes", () => {
    const plan = planOf({ flags: { AGENT_ENABLED: { testers: true } }, testerSecret: "0123456789abcdef" });
    expect(plan.services["voice-api"]?.testers).toBe("agent-enabled");
    expect(plan.services["voice-api"]?.routes.map((route) => [route.name, route.testersOnly])).toEqual([
      ["voice-api", false],
      ["voice-api.agent-enabled.agent", true],
    ]);
  });
});

describe("a variant's name", () => {
  it.each([
    [[], "base"],
    [["A_FLAG"], "a-flag"],
    [["A_FLAG", "B"], "a-flag--b"],
  ])("of %j is %s", (flags, name) => {
    expect(variantName(flags)).toBe(name);
  });

  it("fits a DNS label with its service, and stays apart from others cut at the same place", () => {
    const long = ["A_VERY_LONG_FLAG_NAME_INDEED_ONE", "A_VERY_LONG_FLAG_NAME_INDEED_TWO"];
    const names = [variantName(long), variantName([long[0] ?? ""]), variantName([long[1] ?? ""])];
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^[a-z0-9](-?[a-z0-9]){0,30}$/);
  });
});

describe("a route", () => {
  it("of a flag is taken away by a kill of it alone", () => {
    const plan = planOf({ flags: { AGENT_ENABLED: 50 }, kill: { AGENT_ENABLED: ["agent"] } });
    expect(plan.services["voice-api"]?.routes.map((route) => route.name)).toEqual(["voice-api"]);
    expect(plan.flags["AGENT_ENABLED"]?.exposure).toBe(50);
  });
});

describe("a killed prerequisite", () => {
  it("takes the flags that require it along", () => {
    const plan = planOf({ flags: { AGENT_ENABLED: true, TRANSCRIPTS_ENABLED: true }, kill: { AGENT_ENABLED: true } });
    expect(plan.flags["TRANSCRIPTS_ENABLED"]).toMatchObject({ exposure: 0, killed: true });
  });
});

describe("the outputs", () => {
  it("say who sees what", () => {
    const { catalog, settings } = modelFrom({ flags: { AGENT_ENABLED: 25 }, overrides: { AGENT_ENABLED: "pilot customer waits" } });
    expect(stageOutputs(planRollout(catalog, settings), settings)).toEqual({
      stage: "dev",
      target: "local",
      exposures: { AGENT_ENABLED: 25, TRANSCRIPTS_ENABLED: 0 },
      kills: {},
      overrides: { AGENT_ENABLED: "pilot customer waits" },
      url: "http://127.0.0.1:8100",
      visitors: { "voice-api": "25% with AGENT_ENABLED, 75% without flags", "billing-api": "25% with AGENT_ENABLED, 75% without flags" },
    });
  });
});

describe("the effects of a change", () => {
  const at = (settings: Record<string, unknown>) => modelFrom(settings);
  it.each([
    ["a first deployment", null, at({}), ["stage created"]],
    ["a raise", at({}), at({ flags: { AGENT_ENABLED: 5 } }), ["AGENT_ENABLED 0% -> 5%", "route voice-api.agent-enabled.agent appears"]],
    [
      "a kill",
      at({ flags: { AGENT_ENABLED: 5 } }),
      at({ flags: { AGENT_ENABLED: 5 }, kill: { AGENT_ENABLED: true } }),
      ["AGENT_ENABLED 5% -> 0% (killed)", "route voice-api.agent-enabled.agent goes"],
    ],
    [
      "other ports",
      at({}),
      at({ local: { port: 9000, adminPort: 9001, workloadPorts: { "voice-api": 10000, "billing-api": 9020 } } }),
      ["ports or folder changed"],
    ],
    ["nothing", at({}), at({}), ["nothing for visitors"]],
    ["a destroy", at({}), null, ["stage destroyed"]],
  ])("%s", (_case, before, after, expected) => {
    expect(describeEffects(before, after)).toEqual(expected);
  });
});
