import { FlagdCore } from "@openfeature/flagd-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flagdDocument } from "../../../src/flagd/document.ts";
import { withdrawFromFlagd } from "../../../src/flagd/withdraw.ts";
import { dependents } from "../../../src/model/exposure.ts";
import { planRollout } from "../../../src/plan/plan.ts";
import { arbitraryModel } from "../../support/arbitrary-model.ts";

const silent = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

describe("a flag that is withdrawn from any flagd document", () => {
  it("is off in flagd's own evaluator for every bucket and for testers, and the others are as they were", () => {
    fc.assert(
      fc.property(arbitraryModel(), fc.nat(), ({ catalog, settings }, pick) => {
        const plan = planRollout(catalog, settings);
        const flag = plan.knownFlags[pick % plan.knownFlags.length] ?? "";
        const gone = [...dependents(catalog, flag)];
        const text = JSON.stringify(flagdDocument(plan));
        const [before, after] = [text, withdrawFromFlagd(text, gone)].map((configuration) => {
          const core = new FlagdCore(undefined, silent);
          core.setConfigurations(configuration);
          return (name: string, context: Record<string, boolean | number>): boolean => core.resolveBooleanEvaluation(name, false, context, silent).value;
        });
        for (const name of plan.knownFlags) {
          for (const context of [{}, { tester: true }, ...plan.buckets.map(({ id }) => ({ bucket: id }))]) {
            expect(after?.(name, context)).toBe(gone.includes(name) ? false : before?.(name, context));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("keeps what it does not know", () => {
    const text = JSON.stringify({
      $evaluators: { own: true },
      flags: { A: { state: "ENABLED", metadata: { owner: "x" }, defaultVariant: "on", targeting: { if: [] } } },
    });
    expect(JSON.parse(withdrawFromFlagd(text, ["A"]))).toEqual({
      $evaluators: { own: true },
      flags: { A: { state: "ENABLED", metadata: { owner: "x" }, defaultVariant: "off", targeting: {} } },
    });
  });
});

describe("a text that is no flagd document", () => {
  it.each(["", "{", "[]", '{"flags":{"A":1}}'])("%s is refused", (text) => {
    expect(() => withdrawFromFlagd(text, ["A"])).toThrow(new Error("it is no flagd document"));
  });
});
