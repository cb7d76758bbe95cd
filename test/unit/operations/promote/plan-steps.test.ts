import { describe, expect, it } from "vitest";
import { planSteps } from "../../../../src/operations/promote/plan-steps.ts";
import { modelFrom } from "../../../support/model.ts";

const { catalog } = modelFrom({});
const plan = (present: number, to: number | null, steps: readonly number[] | null): number[] => planSteps(catalog, "A", present, { to, steps });

describe("the steps of a promotion", () => {
  it.each([
    ["all of the catalogue's", 0, null, null, [1, 5, 25, 50, 100]],
    ["those up to its aim", 0, 25, null, [1, 5, 25]],
    ["those above the present exposure", 5, 50, null, [25, 50]],
    ["the given ones", 0, null, [5, 50], [5, 50]],
    ["the given ones that are left", 5, 50, [1, 5, 50], [50]],
    ["none where the flag is there already", 25, 25, null, []],
  ])("are %s", (_case, present, to, steps, expected) => {
    expect(plan(present, to, steps)).toEqual(expected);
  });

  it.each([
    [0, 30, null, "30 is no step; the catalogue has 1, 5, 25, 50, 100."],
    [0, null, [5, 30], "30 is no step; the catalogue has 1, 5, 25, 50, 100."],
    [0, null, [25, 5], "--steps 25,5 goes back to 5. Steps of a promotion only rise."],
    [0, 50, [5, 25], "--steps ends at 25, but --to is 50. Give one of them, or let both end alike."],
    [
      50,
      25,
      null,
      "A is at 50 per cent already, above 25. A promotion only raises; to lower it: npx sluice rollback --flag A --stage <stage>, or npx pulumi config set --stack <stage> --path 'flags.A' 25 and npx pulumi up --stack <stage>.",
    ],
  ])("are refused from %j to %j by %j", (present, to, steps, message) => {
    expect(() => plan(present, to, steps)).toThrow(message);
  });
});
