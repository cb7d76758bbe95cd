import { describe, expect, it } from "vitest";
import { type Reading, silent } from "../../../src/analysis/reading.ts";
import { type BakeEnd, bake } from "../../../src/traffic/bake.ts";
import { standingClock } from "../../support/standing-clock.ts";

const WATCHED = {
  flag: "AGENT_ENABLED",
  sides: { withFlag: ["on"], without: ["off"] },
  watch: { interval: 10_000, minimumRequests: 20, falseAlarmRate: 0.01, metrics: { errors: { kind: "error-ratio" as const, limit: 0.01, compare: true } } },
};

async function bakeWith(read: (elapsed: number) => Reading, duration = 60_000): Promise<{ readonly end: BakeEnd; readonly elapsed: number }> {
  const clock = standingClock();
  const source = { read: async () => ({ errors: read(clock.elapsed()) }) };
  return { end: await bake(WATCHED, source, duration, clock, new AbortController().signal), elapsed: clock.elapsed() };
}

/** Ten requests a second on either side, of which some share fails with the flag. */
function counting(elapsed: number, share: number): Reading {
  const total = elapsed / 100;
  const side = (bad: number): Record<string, { total: number; bad: number; seconds: null }> => ({ a: { total, bad, seconds: null } });
  return { kind: "counts", wording: "failed", withFlag: side(Math.floor(total * share)), without: side(0) };
}

describe("a bake", () => {
  it("holds after its time where nothing speaks against the flag", async () => {
    expect(await bakeWith((elapsed) => counting(elapsed, 0))).toEqual({ end: { kind: "holds", seen: "AGENT_ENABLED within its limits" }, elapsed: 60_000 });
  });

  it("ends at the first breach, with figures", async () => {
    const { end, elapsed } = await bakeWith((passed) => counting(passed, 0.5));
    expect(elapsed).toBe(10_000);
    expect(end).toMatchObject({ kind: "breach" });
    expect(end.kind === "breach" ? end.why[0] : "").toMatch(/^AGENT_ENABLED: errors: 50% failed \(50 of 100\) with the flag, 0% failed \(0 of 100\) without/);
  });

  it("is blind where the metrics cannot be read, and not where they can again at its end", async () => {
    expect((await bakeWith(() => silent("Prometheus is away"))).end).toEqual({ kind: "blind", why: ["AGENT_ENABLED: errors: Prometheus is away"] });
    expect((await bakeWith((elapsed) => (elapsed < 30_000 ? silent("away") : counting(elapsed, 0)))).end.kind).toBe("holds");
  });

  it("holds with few requests: a region with few visitors holds up nobody", async () => {
    expect((await bakeWith(() => counting(100, 0))).end.kind).toBe("holds");
  });
});
