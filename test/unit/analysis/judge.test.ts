import { describe, expect, it } from "vitest";
import type { Counts } from "../../../src/analysis/counters.ts";
import { beginStep, judge, startWatch, type WatchState } from "../../../src/analysis/judge.ts";
import { type Reading, silent } from "../../../src/analysis/reading.ts";
import { describeBreach, type Verdict } from "../../../src/analysis/verdict.ts";
import type { Metric, Watch } from "../../../src/model/catalog.ts";

const ERRORS: Metric = { kind: "error-ratio", limit: 0.05, compare: true };

function watchOf(metrics: Readonly<Record<string, Metric>>): Watch {
  return { duration: {}, interval: 1_000, patience: 60_000, minimumRequests: 20, falseAlarmRate: 0.01, metrics };
}

function counts(total: number, bad = 0): Counts {
  return { total, bad, seconds: null };
}

function read(withFlag: Counts, without: Counts | null): Reading {
  return { kind: "counts", withFlag: { on: withFlag }, without: without === null ? null : { base: without }, wording: "failed" };
}

/** A watch of one metric whose step began with nothing counted. */
function begun(metric: Metric = ERRORS): WatchState {
  return beginStep(startWatch(watchOf({ m: metric })), { m: read(counts(0), counts(0)) });
}

/** The verdict of the last of some looks. */
function after(state: WatchState, ...readings: readonly Reading[]): Verdict {
  let verdict: Verdict | null = null;
  let current = state;
  for (const reading of readings) ({ state: current, verdict } = judge(current, { m: reading }));
  if (verdict === null) throw new Error("no reading");
  return verdict;
}

function holdReasons(verdict: Verdict): readonly string[] {
  return verdict.verdict === "hold" ? verdict.reasons.map(({ metric, reason }) => `${metric}: ${reason}`) : [verdict.verdict];
}

function breaches(verdict: Verdict): readonly string[] {
  return verdict.verdict === "breach" ? verdict.breaches.map(describeBreach) : [verdict.verdict];
}

describe("a step goes on", () => {
  it("once both sides have answered enough, and shows the figures", () => {
    const verdict = after(begun(), read(counts(10), counts(90)), read(counts(25), counts(475, 2)));
    expect(verdict.verdict).toBe("go on");
    expect(verdict.figures["m"]).toMatchObject({
      kind: "share",
      withFlag: { total: 25, bad: 0, share: 0, meanSeconds: null },
      without: { total: 475, bad: 2, share: 2 / 475 },
      limit: 0.05,
      needed: 200,
    });
  });

  it("where nobody is without the flag, by the side with it", () => {
    expect(after(begun(), read(counts(30), null)).verdict).toBe("go on");
    expect(after(begun(), read(counts(30), null)).figures["m"]).toMatchObject({ without: null });
  });

  it("where nothing is watched", () => {
    expect(judge(startWatch(watchOf({})), {}).verdict).toEqual({ verdict: "go on", figures: {} });
  });
});

describe("a step holds", () => {
  it.each<readonly [string, readonly Reading[], readonly string[]]>([
    ["without traffic", [read(counts(0), counts(0))], ["m: 0 of 20 requests with the flag in this step", "m: 0 of 20 requests without the flag in this step"]],
    ["with too few requests on one side", [read(counts(19), counts(400))], ["m: 19 of 20 requests with the flag in this step"]],
    ["when the source fails", [read(counts(50), counts(50)), silent("no answer within 1 s")], ["m: no answer within 1 s"]],
    ["on counts that are none", [read(counts(Number.NaN), counts(50))], ["m: the source gives counts that are no counts"]],
    ["on negative counts", [read(counts(50), counts(-1))], ["m: the source gives counts that are no counts"]],
    ["on more bad events than events", [read(counts(50, 51), counts(50))], ["m: the source counts more bad events than events"]],
    ["on one number for counts", [{ kind: "value", value: 1 }], ["m: the source gives one number where counts were expected"]],
    ["when one side falls silent", [read(counts(50), counts(50)), read(counts(50), counts(100))], ["m: no more requests with the flag, for 1 samples now"]],
  ])("%s", (_case, readings, reasons) => {
    expect(holdReasons(after(begun(), ...readings))).toEqual(reasons);
  });

  it("when the source leaves a metric out", () => {
    expect(holdReasons(judge(begun(), {}).verdict)).toEqual(["m: the source says nothing of it"]);
  });

  it("when counting could not begin with the step, until it has", () => {
    const state = beginStep(startWatch(watchOf({ m: ERRORS })), { m: silent("down") });
    expect(holdReasons(after(state, read(counts(900, 900), counts(900))))).toEqual(["m: counted from now on"]);
    expect(after(state, read(counts(900, 900), counts(900)), read(counts(950, 900), counts(950))).verdict).toBe("go on");
  });

  it("anew in each step, until its own sample is enough", () => {
    const { state } = judge(begun(), { m: read(counts(500), counts(500)) });
    const next = beginStep(state, { m: read(counts(510), counts(510)) });
    expect(holdReasons(after(next, read(counts(520), counts(540))))).toEqual(["m: 10 of 20 requests with the flag in this step"]);
  });

  it("not because a variant with little traffic has none in one look", () => {
    const looks = Array.from({ length: 100 }, (_, look) => read(counts(Math.floor(look / 4)), counts(look * 30)));
    expect(after(begun(), ...looks).verdict).toBe("go on");
  });
});

describe("a breach", () => {
  it("is found in the first look when half of the requests fail", () => {
    expect(breaches(after(begun(), read(counts(25, 13), counts(475, 5))))).toEqual([
      expect.stringMatching(/^m: 52% failed \(13 of 25\) with the flag, 1\.05% failed \(5 of 475\) without \(evidence \S+, 200 suffices\)$/),
      expect.stringMatching(/^m: 52% failed \(13 of 25\) with the flag, at most 5% allowed \(evidence \S+, 200 suffices\)$/),
    ]);
  });

  it("needs the minimum sample with the flag", () => {
    expect(after(begun(), read(counts(19, 19), counts(475))).verdict).toBe("hold");
    expect(after(begun(), read(counts(19, 19), counts(475)), read(counts(20, 20), counts(500))).verdict).toBe("breach");
  });

  it("is found by the limit where nobody is without the flag, and by what steps before have shown", () => {
    const { state } = judge(begun(), { m: read(counts(500, 1), counts(500, 1)) });
    const full = beginStep(state, { m: read(counts(500, 1), null) });
    expect(breaches(after(full, read(counts(530, 16), null)))).toEqual([
      expect.stringMatching(/^m: 50% failed \(15 of 30\) with the flag, at most 5% allowed/),
    ]);
  });

  it("is not claimed where both sides fail alike", () => {
    const verdict = after(
      begun({ kind: "error-ratio", limit: null, compare: true }),
      read(counts(25, 13), counts(475, 240)),
      read(counts(50, 26), counts(950, 470)),
    );
    expect(verdict.verdict).toBe("go on");
  });

  it("of a latency is a share of slow answers above what the quantile leaves", () => {
    const latency: Metric = { kind: "latency", quantile: 0.9, limit: 0.3, compare: false };
    const slow = (total: number, bad: number, seconds: number): Reading => ({
      kind: "counts",
      withFlag: { on: { total, bad, seconds } },
      without: { base: { total, bad: 0, seconds: total / 10 } },
      wording: "slower than 0.3 s",
    });
    const state = beginStep(startWatch(watchOf({ m: latency })), { m: slow(10, 10, 10) });
    const verdict = after(state, slow(110, 70, 60));
    expect(breaches(verdict)).toEqual([expect.stringMatching(/^m: 60% slower than 0\.3 s \(60 of 100\) with the flag, at most 10% allowed/)]);
    expect(verdict.figures["m"]).toMatchObject({ withFlag: { meanSeconds: 0.5 }, without: { meanSeconds: 0.1 } });
  });

  it("of a value needs it out of bounds so many times in a row, where silence does not count", () => {
    const state = startWatch(watchOf({ m: { kind: "value", query: "q", min: null, max: 10, failures: 2 } }));
    const [high, low]: readonly Reading[] = [
      { kind: "value", value: 17 },
      { kind: "value", value: 7 },
    ];
    if (high === undefined || low === undefined) throw new Error("no reading");
    expect(after(state, low).verdict).toBe("go on");
    expect(holdReasons(after(state, high, low, high))).toEqual(["m: 17 is above 10, 1 of 2 times"]);
    expect(holdReasons(after(state, high, silent("down")))).toEqual(["m: down"]);
    expect(holdReasons(after(state, { kind: "value", value: Number.NaN }))).toEqual(["m: the source gives a number that is none"]);
    expect(breaches(after(state, high, silent("down"), high))).toEqual(["m: 17, above 10, 2 times in a row"]);
  });
});

describe("a counter that was reset", () => {
  it("is counted from zero, by itself: others of its side go on", () => {
    const at = (on: Counts, big: Counts): Reading => ({ kind: "counts", withFlag: { on, big }, without: { base: counts(0) }, wording: "failed" });
    const state = beginStep(startWatch(watchOf({ m: ERRORS })), { m: at(counts(500, 9), counts(1_000_000, 400_000)) });
    expect(after(state, at(counts(40, 1), counts(1_000_010, 400_000))).figures["m"]).toMatchObject({ withFlag: { total: 50, bad: 1 } });
  });

  it("does not begin at zero again when a reading leaves it out", () => {
    const without = { base: counts(0) };
    const state = beginStep(startWatch(watchOf({ m: ERRORS })), { m: read(counts(500, 400), counts(0)) });
    const verdict = after(
      state,
      { kind: "counts", withFlag: {}, without, wording: "failed" },
      { kind: "counts", withFlag: { on: counts(530, 400) }, without, wording: "failed" },
    );
    expect(verdict.figures["m"]).toMatchObject({ withFlag: { total: 30, bad: 0 } });
  });
});
