import { describe, expect, it } from "vitest";
import type { Counters } from "../../../../src/analysis/counters.ts";
import type { Reading } from "../../../../src/analysis/reading.ts";
import { addLook, countedMetrics, readCounters, type Watched, watchedMetrics } from "../../../../src/operations/board/metric-points.ts";
import { latencyReading } from "../../../../src/traffic/metrics/traefik-counters.ts";
import { parseSamples } from "../../../../src/traffic/metrics/traefik-source.ts";

const SIDES = { withFlag: ["voice--agent@file"], without: ["voice--base@file"] };
const at = (second: number): Date => new Date(Date.UTC(2027, 0, 31, 0, 0, second));
const counts = (total: number, bad = 0, seconds = total / 10) => ({ total, bad, seconds });
const reading = (withFlag: Counters, without: Counters | null): Reading => ({ kind: "counts", withFlag, without, wording: "failed" });
const look = (before: Watched | null, second: number, total: number, sides = SIDES) =>
  addLook(before, at(second), sides, reading({ a: counts(total, total / 10) }, { b: counts(total * 2) }));

describe("looks at Traefik's counters", () => {
  it("make a point of what was counted between two of them", () => {
    const watched = look(look(look(null, 0, 100), 5, 110), 10, 140);
    expect(watched?.points).toEqual([
      { at: at(5), withFlag: counts(10, 1), without: counts(20) },
      { at: at(10), withFlag: counts(30, 3), without: counts(60) },
    ]);
    expect(watchedMetrics(watched, watched, "")).toMatchObject({
      slow: { points: watched?.points, sum: { withFlag: counts(40, 4) } },
      kind: "read",
      source: "traefik",
      since: at(0),
      warning: null,
      sum: { withFlag: counts(40, 4), without: counts(80) },
    });
  });

  it("begin anew where the sides are other services", () => {
    const other = { withFlag: ["voice--agent", "billing--agent"], without: ["voice--base@file"] };
    const watched = look(look(look(look(null, 0, 100), 5, 110), 10, 900, other), 15, 910, other);
    expect(watched?.points.map(({ at: moment, withFlag }) => [moment, withFlag?.total])).toEqual([
      [at(5), 10],
      [at(15), 10],
    ]);
  });

  it("have a side without visitors as none", () => {
    const sides = { withFlag: ["voice--agent@file"], without: [] };
    const first = addLook(null, at(0), sides, reading({ a: counts(1) }, null));
    expect(addLook(first, at(5), sides, reading({ a: counts(3) }, null))?.points).toEqual([
      { at: at(5), withFlag: { total: 2, bad: 0, seconds: expect.closeTo(0.2) }, without: null },
    ]);
  });

  it("keep what was seen when one sees nothing, and say so", () => {
    const watched = addLook(look(look(null, 0, 100), 5, 110), at(10), SIDES, { kind: "silent", reason: "Traefik is gone" });
    expect(watchedMetrics(watched, null, "")).toMatchObject({ kind: "read", warning: "Traefik is gone", points: [{ at: at(5) }] });
    expect(look(watched, 15, 130)?.points.at(-1)).toMatchObject({ at: at(15), withFlag: { total: 20 } });
  });

  it("say why where none has seen anything", () => {
    const watched = addLook(null, at(0), SIDES, { kind: "silent", reason: "Traefik is gone" });
    expect(watchedMetrics(watched, null, "Traefik is gone")).toEqual({ kind: "none", reason: "Traefik is gone" });
  });

  it("are kept for an hour of five seconds each", () => {
    let watched = look(null, 0, 0);
    for (let second = 1; second <= 800; second += 1) watched = look(watched, second, second);
    expect(watched?.points).toHaveLength(720);
    expect(watched?.points.at(-1)?.at).toEqual(at(800));
  });
});

describe("Traefik's counters", () => {
  const text = [
    "traefik_config_reloads_total 1",
    'traefik_service_requests_total{code="200",service="voice--agent@file"} 90',
    'traefik_service_requests_total{code="503",service="voice--agent@file"} 10',
    'traefik_service_request_duration_seconds_bucket{code="200",service="voice--agent@file",le="0.1"} 97',
    'traefik_service_request_duration_seconds_bucket{code="200",service="voice--agent@file",le="+Inf"} 100',
    'traefik_service_request_duration_seconds_count{code="200",service="voice--agent@file"} 100',
    'traefik_service_request_duration_seconds_sum{code="200",service="voice--agent@file"} 5',
    "",
  ].join("\n");
  const samples = parseSamples(text);

  it("are requests, failed ones and their durations of each side", () => {
    expect(typeof samples === "string" ? samples : countedMetrics(readCounters(samples, SIDES), latencyReading(samples, SIDES, 0.5), SIDES)).toEqual({
      kind: "read",
      source: "traefik",
      points: [],
      sum: { withFlag: { total: 100, bad: 10, seconds: 5 }, without: { total: 0, bad: 0, seconds: 0 } },
      slow: { points: [], sum: { withFlag: { total: 100, bad: 3, seconds: 5 }, without: { total: 0, bad: 0, seconds: 0 } } },
      since: null,
      warning: null,
    });
  });

  it("say nothing of slow answers where no bucket ends below the limit", () => {
    if (typeof samples === "string") throw new Error(samples);
    expect(countedMetrics(readCounters(samples, SIDES), latencyReading(samples, SIDES, 0.05), SIDES)).toMatchObject({ kind: "read", slow: null });
  });

  it("are none where the reading is silent", () => {
    expect(countedMetrics({ kind: "silent", reason: "gone" }, null, SIDES)).toEqual({ kind: "none", reason: "gone" });
  });
});
