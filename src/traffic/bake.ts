import { beginStep, judge, startWatch, type WatchState } from "../analysis/judge.ts";
import type { Readings } from "../analysis/reading.ts";
import { describeBreach } from "../analysis/verdict.ts";
import type { Watch } from "../model/catalog.ts";
import type { Clock } from "../net/clock.ts";
import type { MetricsSource, Sides } from "./metrics/source.ts";

/** A flag's metrics, and the services of both sides. */
export interface Baked {
  readonly flag: string;
  readonly sides: Sides;
  readonly watch: Pick<Watch, "interval" | "minimumRequests" | "falseAlarmRate" | "metrics">;
}

/** How a bake ended, in words for people. */
export type BakeEnd =
  | { readonly kind: "holds"; readonly seen: string }
  | { readonly kind: "breach"; readonly why: readonly string[] }
  /** Nobody could see what the metrics say: nothing to go on by. */
  | { readonly kind: "blind"; readonly why: readonly string[] };

/**
 * Watches a flag's metrics for a while, and ends at the first breach. Unlike a step of a promotion it does not wait for
 * a least number of requests: a region with few visitors holds up nobody. Without any facts at its end it is blind.
 * @param duration milliseconds
 */
export async function bake({ flag, sides, watch }: Baked, source: MetricsSource, duration: number, clock: Clock, signal: AbortSignal): Promise<BakeEnd> {
  const readings = await source.read(watch.metrics, sides);
  let seen = { state: beginStep(startWatch(watch), readings), readings };
  const end = clock.now().getTime() + duration;
  for (;;) {
    const left = end - clock.now().getTime();
    if (left <= 0) return endOf(flag, seen.readings);
    await clock.wait(Math.min(watch.interval, left), signal);
    if (signal.aborted) return { kind: "blind", why: [`${flag}: it was asked to stop`] };
    const next = look(seen.state, await source.read(watch.metrics, sides));
    if (next.breaches.length > 0) return { kind: "breach", why: next.breaches.map((breach) => `${flag}: ${breach}`) };
    seen = next;
  }
}

function look(before: WatchState, readings: Readings): { readonly state: WatchState; readonly readings: Readings; readonly breaches: readonly string[] } {
  const { state, verdict } = judge(before, readings);
  return { state, readings, breaches: verdict.verdict === "breach" ? verdict.breaches.map(describeBreach) : [] };
}

function endOf(flag: string, readings: Readings): BakeEnd {
  const silent = Object.entries(readings).flatMap(([metric, reading]) => (reading.kind === "silent" ? [`${flag}: ${metric}: ${reading.reason}`] : []));
  return silent.length > 0 ? { kind: "blind", why: silent } : { kind: "holds", seen: `${flag} within its limits` };
}
