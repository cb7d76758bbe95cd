import { expect, it } from "vitest";
import type { Counts } from "../../../src/analysis/counters.ts";
import { beginStep, judge, startWatch } from "../../../src/analysis/judge.ts";
import type { Readings } from "../../../src/analysis/reading.ts";
import type { Watch } from "../../../src/model/catalog.ts";
import { drawBinomial, seededRandom } from "../../support/random.ts";

const RUNS = 2_000;
const STEPS = [1, 5, 25, 50, 100];
const RATE = 0.05;
const REQUESTS = 100;

const WATCH: Watch = {
  duration: {},
  interval: 1_000,
  patience: 60_000,
  minimumRequests: 20,
  falseAlarmRate: RATE,
  metrics: {
    errors: { kind: "error-ratio", limit: 0.01, compare: true },
    slow: { kind: "latency", quantile: 0.9, limit: 0.3, compare: true },
  },
};

/** Whether a promotion up all steps, 20 looks each, of a flag that changes nothing meets a breach. The shares are exactly at their limits. */
function isFalseAlarm(seed: number): boolean {
  const random = seededRandom(seed);
  let counted = { on: { requests: 0, failed: 0, slow: 0 }, off: { requests: 0, failed: 0, slow: 0 } };
  const count = ({ requests, failed, slow }: { requests: number; failed: number; slow: number }, more: number) => ({
    requests: requests + more,
    failed: failed + drawBinomial(random, more, 0.01),
    slow: slow + drawBinomial(random, more, 0.1),
  });
  const of = (total: number, bad: number): Counts => ({ total, bad, seconds: null });
  const read = (step: number): Readings => ({
    errors: {
      kind: "counts",
      withFlag: { on: of(counted.on.requests, counted.on.failed) },
      without: step === 100 ? null : { off: of(counted.off.requests, counted.off.failed) },
      wording: "failed",
    },
    slow: {
      kind: "counts",
      withFlag: { on: of(counted.on.requests, counted.on.slow) },
      without: step === 100 ? null : { off: of(counted.off.requests, counted.off.slow) },
      wording: "slow",
    },
  });
  let state = startWatch(WATCH);
  for (const step of STEPS) {
    state = beginStep(state, read(step));
    for (let look = 0; look < 20; look += 1) {
      const on = drawBinomial(random, REQUESTS, step / 100);
      counted = { on: count(counted.on, on), off: count(counted.off, REQUESTS - on) };
      const judged = judge(state, read(step));
      if (judged.verdict.verdict === "breach") return true;
      state = judged.state;
    }
  }
  return false;
}

it("2,000 promotions of a flag that changes nothing are rolled back less often than declared, all metrics and steps together", () => {
  let alarms = 0;
  for (let run = 1; run <= RUNS; run += 1) if (isFalseAlarm(run)) alarms += 1;
  // Three standard deviations below the declared rate: so it holds beyond the simulation's own noise.
  expect(alarms).toBeLessThan(RUNS * RATE - 3 * Math.sqrt(RUNS * RATE * (1 - RATE)));
});
