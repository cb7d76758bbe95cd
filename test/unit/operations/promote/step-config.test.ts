import { describe, expect, it } from "vitest";
import { withExposure } from "../../../../src/operations/promote/step-config.ts";
import { planRollout } from "../../../../src/plan/plan.ts";
import { servicesOfVariants } from "../../../../src/traffic/metrics/services-of-variant.ts";
import { sidesOf } from "../../../../src/traffic/metrics/sides.ts";
import { modelFrom } from "../../../support/model.ts";

describe("the config of a step", () => {
  it.each([
    ["a flag without a setting", {}, 5, 5],
    ["a plain one", { A: false }, 25, 25],
    ["full exposure", { A: 50 }, 100, true],
    ["one with testers, who keep it", { A: { exposure: 1, testers: true } }, 5, { exposure: 5, testers: true }],
  ])("raises %s", (_case, flags, exposure, expected) => {
    expect(withExposure({ "p:flags": { ...flags, B: 1 }, "p:target": "local" }, "p", "A", exposure)).toEqual({
      "p:flags": { B: 1, A: expected },
      "p:target": "local",
    });
  });
});

describe("the sides of a comparison", () => {
  const sides = (flags: Record<string, unknown>): unknown => {
    const { catalog, settings } = modelFrom({ flags });
    const plan = planRollout(catalog, settings);
    return sidesOf(plan, "AGENT_ENABLED", servicesOfVariants(plan, settings.target));
  };
  it("are the variants that people see, on every service that reads the flag", () => {
    expect(sides({ AGENT_ENABLED: 25 })).toEqual({
      withFlag: ["billing-api--agent-enabled@file", "voice-api--agent-enabled@file"],
      without: ["billing-api--base@file", "voice-api--base@file"],
    });
  });
  it("have nobody without a flag that is fully on, whatever stays warm", () => {
    expect(sides({ AGENT_ENABLED: true })).toEqual({ withFlag: ["billing-api--agent-enabled@file", "voice-api--agent-enabled@file"], without: [] });
  });
});
