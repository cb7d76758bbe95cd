import { FlagdCore } from "@openfeature/flagd-core";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flagdDocument } from "../../../src/flagd/document.ts";
import { planRollout } from "../../../src/plan/plan.ts";
import { arbitraryModel } from "../../support/arbitrary-model.ts";
import { flagdSchemas } from "../../support/flagd-schemas.ts";

const schemas = await flagdSchemas();
const silent = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

describe("the flagd document of any plan", () => {
  it("evaluates in flagd's own evaluator to what the plan says, for every bucket and for testers", () => {
    fc.assert(
      fc.property(arbitraryModel(), ({ catalog, settings }) => {
        const plan = planRollout(catalog, settings);
        const core = new FlagdCore(undefined, silent);
        core.setConfigurations(JSON.stringify(flagdDocument(plan)));
        const on = (flag: string, context: Record<string, boolean | number>): boolean => core.resolveBooleanEvaluation(flag, false, context, silent).value;
        for (const flag of plan.knownFlags) {
          const exposure = plan.flags[flag]?.exposure ?? 0;
          for (const bucket of plan.buckets) expect(on(flag, { bucket: bucket.id })).toBe(bucket.to <= exposure);
          expect(on(flag, {})).toBe(exposure === 100);
          expect(on(flag, { tester: true })).toBe(exposure === 100 || plan.flags[flag]?.testers === true);
          expect(on(flag, { tester: false })).toBe(exposure === 100);
        }
      }),
      { numRuns: 100 },
    );
  });

  it.skipIf(schemas === null)("is valid by flagd's published schema (skipped where https://flagd.dev cannot be reached)", () => {
    const ajv = new Ajv({ strict: false, schemas: [...(schemas ?? [])] });
    const validate = ajv.getSchema("https://flagd.dev/schema/v0/flags.json");
    if (validate === undefined) throw new Error("the published schema has another name");
    fc.assert(
      fc.property(arbitraryModel(), ({ catalog, settings }) => {
        const valid = validate(JSON.parse(JSON.stringify(flagdDocument(planRollout(catalog, settings)))));
        expect(validate.errors ?? []).toEqual([]);
        expect(valid).toBe(true);
      }),
      { numRuns: 100 },
    );
    expect(validate({ flags: { X: { state: "SOMETIMES", variants: {}, defaultVariant: "on" } } })).toBe(false);
  });
});
