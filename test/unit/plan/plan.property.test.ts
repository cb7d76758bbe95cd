import fc from "fast-check";
import { describe, it } from "vitest";
import { arbitraryModel } from "../../support/arbitrary-model.ts";
import { PLAN_INVARIANTS } from "../../support/plan-invariants.ts";

describe("every plan", () => {
  it.each(Object.entries(PLAN_INVARIANTS))("%s", (_name, holds) => {
    fc.assert(fc.property(arbitraryModel(), holds), { numRuns: 300 });
  });
});
