import { describe, expect, it } from "vitest";
import { findVisitors, seesDifference } from "../../../../src/operations/drill/visitors.ts";
import { planRollout } from "../../../../src/plan/plan.ts";
import type { RolloutPlan } from "../../../../src/plan/rollout-plan.ts";
import { variantMark } from "../../../../src/plan/variants.ts";
import { catalogInput, modelFrom } from "../../../support/model.ts";

const BASE = variantMark("voice-api", "base");
const AGENT = variantMark("voice-api", "agent-enabled");

function planAt(exposure: number, catalog: unknown = catalogInput()): RolloutPlan {
  const model = modelFrom({ flags: { AGENT_ENABLED: exposure } }, catalog);
  return planRollout(model.catalog, model.settings);
}

function marksOn(route: string, now: RolloutPlan, then: RolloutPlan): Record<string, readonly (readonly string[])[]> {
  const own = findVisitors(now, then).visitors.filter((visitor) => visitor.route === route);
  return Object.fromEntries(own.map((visitor) => [visitor.visitor, [visitor.now, visitor.then]]));
}

describe("the visitors of a drill", () => {
  it("are newcomers and every bucket, each with the variants of both states", () => {
    const either = [AGENT, BASE].sort();
    expect(marksOn("voice-api", planAt(25), planAt(5))).toEqual({
      newcomer: [either, either],
      "bucket 1": [[AGENT], [AGENT]],
      "bucket 2": [[AGENT], [AGENT]],
      "bucket 3": [[AGENT], [BASE]],
      "bucket 4": [[BASE], [BASE]],
      "bucket 5": [[BASE], [BASE]],
    });
  });

  it("ask on a route that is only there in one of the states, where no variant may answer", () => {
    expect(marksOn("voice-api.agent-enabled.agent", planAt(100), planAt(0))).toMatchObject({ newcomer: [[AGENT], [""]], "bucket 5": [[AGENT], [""]] });
  });

  it("may be answered by a narrower route that takes the same path", () => {
    const input = catalogInput();
    const flag = { ...input.flags["AGENT_ENABLED"], routes: { all: { rule: "PathPrefix(`/v`)", service: "billing-api", priority: 900 } } };
    const catalog = { ...input, flags: { ...input.flags, AGENT_ENABLED: flag } };
    const marks = [AGENT, variantMark("billing-api", "agent-enabled")].sort();
    expect(marksOn("voice-api", planAt(100, catalog), planAt(0, catalog))["bucket 1"]).toEqual([marks, [BASE]]);
  });

  it("see a difference where no variant may answer in both states", () => {
    const seeing = findVisitors(planAt(25), planAt(5)).visitors.filter(seesDifference);
    expect(seeing.map(({ route, visitor }) => `${route} ${visitor}`)).toEqual([
      "billing-api bucket 3",
      "voice-api bucket 3",
      "voice-api.agent-enabled.agent bucket 3",
    ]);
  });

  it.each([
    ["PathRegexp(`^/a`)", "no sample request can be made of its rule"],
    ["PathPrefix(`/orders`) && Method(`POST`)", "requests by POST may change something"],
  ])("do not ask by %s", (rule, why) => {
    const input = catalogInput();
    const plan = planAt(100, { ...input, services: { ...input.services, "voice-api": { rule } } });
    expect(findVisitors(plan, plan).notAsked).toEqual([{ route: "voice-api", why }]);
  });
});
