import { describe, expect, it } from "vitest";
import { checkOrder, neighbours, type OrderFacts } from "../../../src/plan/order.ts";
import { modelFrom } from "../../support/model.ts";

const FACTS: OrderFacts = { current: null, previous: null, today: "2027-01-01" };

function refusals(settings: Record<string, unknown>, stage: string, facts: Partial<OrderFacts>): string[] {
  const model = modelFrom(settings, undefined, stage);
  return checkOrder(model.catalog, model.settings, { ...FACTS, ...facts }).refusals.map((fault) => fault.found);
}

describe("the order of stages", () => {
  it.each([
    ["the first stage", "dev", true, {}, []],
    ["a stage whose predecessor was never deployed", "staging", 1, {}, ["would go to 1 per cent in staging, but the stage dev has not been deployed"]],
    [
      "a stage whose predecessor has it in part",
      "staging",
      true,
      { previous: { AGENT_ENABLED: 50 } },
      ["would go to 100 per cent in staging, but dev has it at 50 per cent"],
    ],
    ["a stage whose predecessor has it fully", "production", 25, { previous: { AGENT_ENABLED: 100 } }, []],
    ["keeping an exposure that the stage has", "production", 25, { current: { AGENT_ENABLED: 25 }, previous: {} }, []],
    ["lowering it", "production", 5, { current: { AGENT_ENABLED: 25 }, previous: {} }, []],
    [
      "raising it further",
      "production",
      50,
      { current: { AGENT_ENABLED: 25 }, previous: {} },
      ["would go to 50 per cent in production, but staging has it at 0 per cent"],
    ],
    ["the day of the expiry", "dev", true, { today: "2027-06-30" }, []],
    ["the day after", "dev", true, { today: "2027-07-01" }, ["would go to 100 per cent, but the flag expired on 2027-06-30"]],
    ["keeping an expired flag", "dev", 5, { current: { AGENT_ENABLED: 5 }, today: "2028-01-01" }, []],
  ])("%s", (_case, stage, setting, facts, expected) => {
    expect(refusals({ flags: { AGENT_ENABLED: setting } }, stage, facts)).toEqual(expected);
  });

  it("names the command that comes first", () => {
    const { catalog, settings } = modelFrom({ flags: { AGENT_ENABLED: 5 } }, undefined, "staging");
    expect(checkOrder(catalog, settings, FACTS).refusals[0]?.wayOut).toContain(
      "npx pulumi config set --stack dev --path 'flags.AGENT_ENABLED' true && npx pulumi up --stack dev",
    );
  });

  it("does not stand in the way of a kill", () => {
    expect(refusals({ flags: { AGENT_ENABLED: 100 }, kill: { AGENT_ENABLED: true } }, "production", { current: { AGENT_ENABLED: 100 } })).toEqual([]);
  });

  it("holds for a raise behind a kill, which would show when the kill ends", () => {
    expect(refusals({ flags: { AGENT_ENABLED: 100 }, kill: { AGENT_ENABLED: true } }, "production", {})).toHaveLength(1);
  });

  it("gives way to a written reason, and tells what it set aside", () => {
    const { catalog, settings } = modelFrom({ flags: { AGENT_ENABLED: 5 }, overrides: { AGENT_ENABLED: "pilot customer waits" } }, undefined, "production");
    expect(checkOrder(catalog, settings, FACTS)).toEqual({
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
