import { describe, expect, it } from "vitest";
import { startWatch } from "../../../../src/analysis/judge.ts";
import { type Reading, silent } from "../../../../src/analysis/reading.ts";
import type { Watch } from "../../../../src/model/catalog.ts";
import type { PromoteEvent } from "../../../../src/operations/promote/events.ts";
import { type WatchEnd, watchStep, watchWhile } from "../../../../src/operations/promote/watch-step.ts";
import type { MetricsSource } from "../../../../src/traffic/metrics/source.ts";
import { standingClock } from "../../../support/standing-clock.ts";

const WATCH: Watch = {
  duration: {},
  interval: 10_000,
  patience: 60_000,
  minimumRequests: 20,
  falseAlarmRate: 0.01,
  metrics: { errors: { kind: "error-ratio", limit: null, compare: true } },
};

/** Ten requests a second on either side; the variant with the flag fails from a moment on. */
function counting(clock: { elapsed(): number }, failingFrom: number): Reading {
  const total = clock.elapsed() / 100;
  const bad = Math.max(0, (clock.elapsed() - failingFrom) / 200);
  const side = (failed: number): { readonly a: { total: number; bad: number; seconds: null } } => ({ a: { total, bad: failed, seconds: null } });
  return { kind: "counts", wording: "failed", withFlag: side(Math.floor(bad)), without: side(0) };
}

async function watchFor(
  duration: number,
  read: (clock: { elapsed(): number }) => Reading,
  options: { readonly interruptAt?: number; readonly abortAt?: number } = {},
): Promise<{ readonly end: WatchEnd; readonly elapsed: number; readonly events: readonly PromoteEvent[] }> {
  const clock = standingClock();
  const stop = new AbortController();
  const events: PromoteEvent[] = [];
  const source: MetricsSource = { read: async () => ({ errors: read(clock) }) };
  const end = await watchStep(
    {
      watch: WATCH,
      duration,
      source,
      clock,
      signal: stop.signal,
      sides: async () => {
        if (clock.elapsed() >= (options.abortAt ?? Infinity)) stop.abort();
        return clock.elapsed() >= (options.interruptAt ?? Infinity) ? { interrupted: "someone else" } : { withFlag: ["a"], without: ["b"] };
      },
    },
    startWatch(WATCH),
    (event) => events.push(event),
  );
  return { end, elapsed: clock.elapsed(), events };
}

describe("a step that is watched", () => {
  it("goes on when its time is over and nothing speaks against it", async () => {
    const { end, elapsed, events } = await watchFor(60_000, (clock) => counting(clock, Infinity));
    expect(end.kind).toBe("go on");
    expect(elapsed).toBe(60_000);
    expect(events).toHaveLength(6);
  });

  it("ends at the first look after it broke", async () => {
    const { end, elapsed } = await watchFor(600_000, (clock) => counting(clock, 120_000));
    expect(end.kind).toBe("breach");
    expect(elapsed).toBe(130_000);
  });

  it("holds in silence, for as long as patience lasts", async () => {
    const { end, elapsed, events } = await watchFor(60_000, () => silent("no traffic"));
    expect(end).toEqual({ kind: "held", why: ["errors: no traffic", "1m of patience are over"] });
    expect(elapsed).toBe(60_000);
    expect(events.at(-2)).toMatchObject({ kind: "watching", holding: [{ metric: "errors", reason: "no traffic" }] });
  });

  it("stands still while nothing can be seen", async () => {
    const { end, elapsed, events } = await watchFor(60_000, (clock) => (clock.elapsed() === 30_000 ? silent("restarting") : counting(clock, Infinity)));
    expect(end.kind).toBe("go on");
    expect(elapsed).toBe(70_000);
    expect(events[2]).toMatchObject({ kind: "watching", elapsed: 20_000, holding: [{ metric: "errors", reason: "restarting" }] });
  });

  it("ends where someone else changes the stage, or asks it to stop", async () => {
    expect((await watchFor(60_000, (clock) => counting(clock, Infinity), { interruptAt: 30_000 })).end).toEqual({ kind: "interrupted", why: ["someone else"] });
    expect((await watchFor(60_000, (clock) => counting(clock, Infinity), { abortAt: 30_000 })).end).toEqual({
      kind: "interrupted",
      why: ["it was asked to stop"],
    });
  });
});

describe("a step that is watched while something is under way", () => {
  it("fails with it, also where it fails while something else is waited for", async () => {
    const clock = standingClock();
    const step = {
      watch: WATCH,
      duration: 0,
      source: { read: () => Promise.resolve({ errors: counting(clock, Infinity) }) },
      clock,
      signal: new AbortController().signal,
      // Longer than the task takes to fail.
      sides: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return { withFlag: ["a"], without: ["b"] };
      },
    };
    await expect(watchWhile(step, startWatch(WATCH), Promise.reject(new Error("a fault of ours")))).rejects.toThrow("a fault of ours");
  });
});
