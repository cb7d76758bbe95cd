import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginStep, judge, startWatch, type WatchState } from "../../../src/analysis/judge.ts";
import type { Reading } from "../../../src/analysis/reading.ts";
import type { Verdict } from "../../../src/analysis/verdict.ts";
import type { Metric } from "../../../src/model/catalog.ts";
import { reorder } from "../../support/arbitrary-model.ts";

const METRICS: Readonly<Record<string, Metric>> = {
  errors: { kind: "error-ratio", limit: 0.01, compare: true },
  slow: { kind: "latency", quantile: 0.99, limit: 0.3, compare: true },
  queue: { kind: "value", query: "q", min: 0, max: 10, failures: 3 },
};
const NAMES = Object.keys(METRICS);

const wild = fc.oneof(
  fc.nat({ max: 5 }),
  fc.nat({ max: 1_000_000 }),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, 1e300, Number.NaN, Number.POSITIVE_INFINITY, -1),
  fc.double(),
);
const counters = fc.dictionary(fc.constantFrom("a", "b"), fc.record({ total: wild, bad: wild, seconds: fc.option(wild) }));
const reading: fc.Arbitrary<Reading> = fc.oneof(
  fc.record({ kind: fc.constant("counts" as const), withFlag: counters, without: fc.option(counters), wording: fc.constant("bad") }),
  fc.record({ kind: fc.constant("value" as const), value: wild }),
  fc.record({ kind: fc.constant("silent" as const), reason: fc.constant("down") }),
);
const readings = fc.array(fc.dictionary(fc.constantFrom(...NAMES), reading), { minLength: 1, maxLength: 8 });

function stateOf(metrics: Readonly<Record<string, Metric>>): WatchState {
  return startWatch({ minimumRequests: 1, falseAlarmRate: 0.01, metrics });
}

function run(metrics: Readonly<Record<string, Metric>>, looks: readonly Readonly<Record<string, Reading>>[]): { state: WatchState; verdicts: Verdict[] } {
  const verdicts: Verdict[] = [];
  let state = beginStep(stateOf(metrics), looks[0] ?? {});
  for (const look of looks) {
    const judged = judge(state, look);
    state = judged.state;
    verdicts.push(judged.verdict);
  }
  return { state, verdicts };
}

/** Every number in a value. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap((entry: unknown) => numbersIn(entry)) : [];
}

describe("whatever a source says", () => {
  it("leaves only finite numbers behind, which JSON keeps as they are", () => {
    fc.assert(
      fc.property(readings, (looks) => {
        const result = run(METRICS, looks);
        expect(numbersIn(result).every(Number.isFinite)).toBe(true);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });

  it("means the same in any order of the metrics", () => {
    fc.assert(
      fc.property(readings, (looks) => {
        const result = run(METRICS, looks);
        const other = run(reorder(METRICS), reorder(looks));
        expect(other).toEqual(result);
        expect(JSON.stringify(other.verdicts)).toBe(JSON.stringify(result.verdicts));
      }),
    );
  });

  it("lets no step go on without facts of this very look", () => {
    fc.assert(
      fc.property(readings, fc.constantFrom(...NAMES), (looks, name) => {
        const { state } = run(METRICS, looks);
        const facts = Object.fromEntries(Object.entries(looks[0] ?? {}).filter(([metric]) => metric !== name));
        expect(judge(state, facts).verdict.verdict).not.toBe("go on");
      }),
    );
  });
});

describe("resets", () => {
  it("change nothing but what was lost between the last reading and the reset", () => {
    const step = fc.record({ total: fc.integer({ min: 1, max: 1_000 }), share: fc.double({ min: 0, max: 1, noNaN: true }), reset: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        const read = (total: number, bad: number): Record<string, Reading> => ({
          errors: { kind: "counts", withFlag: { on: { total, bad, seconds: null } }, without: null, wording: "bad" },
        });
        const metrics: Record<string, Metric> = { errors: { kind: "error-ratio", limit: 0.5, compare: false } };
        let [reset, steady] = [beginStep(stateOf(metrics), read(0, 0)), beginStep(stateOf(metrics), read(0, 0))];
        let [total, bad, seenTotal, seenBad] = [0, 0, 0, 0];
        for (const entry of steps) {
          const delta = { total: entry.total, bad: Math.floor(entry.total * entry.share) };
          // A reset shows where the new counter is below what was last seen.
          const restart = entry.reset && delta.total < seenTotal;
          [seenTotal, seenBad] = restart ? [delta.total, delta.bad] : [seenTotal + delta.total, seenBad + delta.bad];
          [total, bad] = [total + delta.total, bad + delta.bad];
          reset = judge(reset, read(seenTotal, seenBad)).state;
          const judged = judge(steady, read(total, bad));
          steady = judged.state;
        }
        const last = (state: WatchState): unknown => ({ ...state.metrics["errors"], counters: null });
        expect(last(reset)).toEqual(last(steady));
      }),
    );
  });
});
