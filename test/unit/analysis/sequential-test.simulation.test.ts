import { describe, expect, it } from "vitest";
import {
  type Comparison,
  compareInterval,
  evidence,
  type LimitTest,
  startComparison,
  startLimitTest,
  testInterval,
} from "../../../src/analysis/sequential-test.ts";
import { drawBinomial, seededRandom } from "../../support/random.ts";

const ALPHA = 0.05;
const RUNS = 2_000;

/** Requests in one interval on each side. */
type Split = readonly [withFlag: number, without: number];

/** The looks until the comparison rejects; null when it does not within `looks`. Shares may change from look to look. */
function looksToAlarm(seed: number, [a, b]: Split, looks: number, alpha: number, shares: (look: number) => readonly [number, number]): number | null {
  const random = seededRandom(seed);
  let test: Comparison = startComparison();
  for (let look = 1; look <= looks; look += 1) {
    const [shareA, shareB] = shares(look);
    test = compareInterval(test, { total: a, bad: drawBinomial(random, a, shareA) }, { total: b, bad: drawBinomial(random, b, shareB) });
    if (evidence(test) >= 1 / alpha) return look;
  }
  return null;
}

function alarms(draw: (seed: number) => number | null): number {
  let count = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) if (draw(seed * 7_919) !== null) count += 1;
  return count;
}

/** The declared rate, less three standard deviations of a count of `RUNS` runs: whoever stays below is below it beyond the simulation's own noise. */
const ALLOWED = RUNS * ALPHA - 3 * Math.sqrt(RUNS * ALPHA * (1 - ALPHA));

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN;
}

describe("2,000 runs without a difference, 300 looks each", () => {
  it.each<readonly [number, number, number]>([
    [0.001, 1, 99],
    [0.001, 25, 75],
    [0.01, 1, 99],
    [0.01, 25, 75],
    [0.01, 250, 750],
    [0.1, 1, 99],
    [0.1, 25, 75],
    [0.4, 5, 5],
  ])("raise fewer false alarms than declared at a share of %d and %i : %i requests a look", (share, a, b) => {
    expect(alarms((seed) => looksToAlarm(seed, [a, b], 300, ALPHA, () => [share, share]))).toBeLessThan(ALLOWED);
  });

  it("do so where the share of both sides changes all the time", () => {
    expect(
      alarms((seed) => looksToAlarm(seed, [25, 75], 300, ALPHA, (look) => [0.05 + 0.05 * Math.sin(look / 9), 0.05 + 0.05 * Math.sin(look / 9)])),
    ).toBeLessThan(ALLOWED);
  });

  it("do so where both sides fail together, and where the flag makes it better", () => {
    expect(alarms((seed) => looksToAlarm(seed, [25, 75], 300, ALPHA, (look) => (look % 50 < 5 ? [0.8, 0.8] : [0.01, 0.01])))).toBeLessThan(ALLOWED);
    expect(alarms((seed) => looksToAlarm(seed, [25, 75], 300, ALPHA, () => [0.02, 0.04]))).toBeLessThan(ALLOWED);
  });

  it.each([0.001, 0.01, 0.1])("raise fewer false alarms than declared at a limit of %d that is just kept", (limit) => {
    const looksToLimit = (seed: number): number | null => {
      const random = seededRandom(seed);
      let test: LimitTest = startLimitTest(limit);
      for (let look = 1; look <= 300; look += 1) {
        test = testInterval(test, { total: 40, bad: drawBinomial(random, 40, limit) });
        if (evidence(test) >= 1 / ALPHA) return look;
      }
      return null;
    };
    expect(alarms(looksToLimit)).toBeLessThan(ALLOWED);
  });
});

describe("a doubled share of bad events", () => {
  // Looks of 500 requests at 5 or 25 per cent exposure, alpha 0.01. The bounds have a quarter of room above what was measured.
  it.each<readonly [number, number, number, number, number]>([
    [0.01, 25, 475, 75, 145],
    [0.01, 125, 375, 22, 38],
    [0.05, 25, 475, 15, 28],
    [0.05, 125, 375, 6, 10],
  ])("from %d, at %i : %i requests a look, is found within %i looks half the time and %i nine times in ten", (share, a, b, median, most) => {
    const delays = Array.from({ length: 300 }, (_, run) => looksToAlarm(run + 1, [a, b], 1_000, 0.01, () => [2 * share, share]) ?? Number.POSITIVE_INFINITY);
    expect(quantile(delays, 0.5)).toBeLessThanOrEqual(median);
    expect(quantile(delays, 0.9)).toBeLessThanOrEqual(most);
  });

  it("that begins after 200 looks is found within 50 looks half the time and 80 nine times in ten", () => {
    const delays = Array.from(
      { length: 300 },
      (_, run) => looksToAlarm(run + 1, [125, 375], 1_000, 0.01, (look) => [look > 200 ? 0.02 : 0.01, 0.01]) ?? Infinity,
    )
      .map((look) => look - 200)
      .filter((delay) => delay > 0);
    expect(quantile(delays, 0.5)).toBeLessThanOrEqual(50);
    expect(quantile(delays, 0.9)).toBeLessThanOrEqual(80);
  });
});

describe("half of all requests failing at 5 per cent exposure, 25 requests a look", () => {
  it.each([0, 0.001, 0.01])("is found within two looks where %d fail without the flag", (share) => {
    for (let run = 1; run <= 500; run += 1) expect(looksToAlarm(run, [25, 475], 10, 0.001, () => [0.5, share])).toBeLessThanOrEqual(2);
  });

  it("is found within two looks after 500 that were well", () => {
    const delays = Array.from(
      { length: 300 },
      (_, run) => looksToAlarm(run + 1, [25, 475], 510, 0.001, (look) => [look > 500 ? 0.5 : 0.001, 0.001]) ?? Infinity,
    );
    expect(quantile(delays, 1)).toBeLessThanOrEqual(502);
  });
});
