import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialTails } from "../../../../src/operations/verify/binomial.ts";
import { FALSE_ALARM, judgeSplit } from "../../../../src/operations/verify/judge-visits.ts";
import type { Split } from "../../../../src/operations/verify/report.ts";

describe("the tails of a binomial distribution", () => {
  it.each([
    [0, 10, 0.5, 1 / 1024, 1],
    [10, 10, 0.5, 1, 1 / 1024],
    [5, 10, 0.5, 638 / 1024, 638 / 1024],
    [0, 400, 0.01, 0.99 ** 400, 1],
    [400, 400, 0.5, 1, 0.5 ** 400],
    [0, 1, 0.25, 0.75, 1],
  ])("%i of %i at %d", (successes, trials, probability, lower, upper) => {
    const tails = binomialTails(successes, trials, probability);
    // The table of the library leaves out a ten-thousandth at its far end.
    expect(tails.lower / lower).toBeCloseTo(1, 3);
    expect(tails.upper / upper).toBeCloseTo(1, 3);
  });

  it("fall one by one and hold the count between them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 99 }), fc.nat(), (trials, weight, drawn) => {
        const count = drawn % (trials + 1);
        const { lower, upper } = binomialTails(count, trials, weight / 100);
        expect(lower + upper).toBeGreaterThan(1 - 2e-4);
        expect(Math.max(lower, upper)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

const WEIGHTS = [1, 4, 20, 25, 50];
function split(...counts: readonly number[]): Split {
  const sum = counts.reduce((total, count) => total + count, 0);
  return { service: "voice-api", newcomers: sum, without: 0, buckets: WEIGHTS.map((weight, index) => ({ id: index + 1, weight, count: counts[index] ?? 0 })) };
}

describe("a split", () => {
  it.each([
    ["as dealt out", split(4, 16, 80, 100, 200), "pass"],
    ["with no one in the smallest bucket, which happens", split(0, 16, 80, 100, 204), "pass"],
    ["with a third too many of 20 per cent, which may be chance", split(4, 16, 107, 93, 180), "pass"],
    ["with everyone in one bucket", split(0, 0, 0, 0, 400), "fail"],
    ["with weights the other way round", split(200, 100, 80, 16, 4), "fail"],
    ["with twice as many in one bucket", split(4, 16, 160, 80, 140), "fail"],
    ["of no one", split(0, 0, 0, 0, 0), "not asked"],
    ["of one", split(0, 0, 0, 0, 1), "pass"],
  ])("%s", (_case, counted, state) => {
    expect(judgeSplit(counted, 1).state).toBe(state);
  });

  it("in which some got no bucket is wrong", () => {
    expect(judgeSplit({ ...split(4, 16, 80, 100, 198), newcomers: 400, without: 2 }, 1)).toEqual({
      name: "split of voice-api",
      state: "fail",
      expected: "bucket 1 1%, bucket 2 4%, bucket 3 20%, bucket 4 25%, bucket 5 50%",
      found: "of 400 newcomers bucket 1 1.0%, bucket 2 4.0%, bucket 3 20.0%, bucket 4 25.0%, bucket 5 49.5%; 2 got no bucket",
    });
  });

  it("that is drawn by chance is called wrong less often than said", () => {
    let seed = 20_270_101;
    const random = (): number => {
      // Park and Miller's generator.
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const draw = (): number => {
      const drawn = random() * 100;
      return drawn < 1 ? 0 : drawn < 5 ? 1 : drawn < 25 ? 2 : drawn < 50 ? 3 : 4;
    };
    let alarms = 0;
    for (let run = 0; run < 2_000; run += 1) {
      const counts = [0, 0, 0, 0, 0];
      for (let visitor = 0; visitor < 200; visitor += 1) {
        const bucket = draw();
        counts[bucket] = (counts[bucket] ?? 0) + 1;
      }
      if (judgeSplit(split(...counts), 1).state === "fail") alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(Math.ceil(2_000 * FALSE_ALARM));
  });
});
