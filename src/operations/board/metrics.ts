import { fetchText } from "../../net/fetch-text.ts";
import { sidesOf } from "../../traffic/metrics/sides.ts";
import type { Sides } from "../../traffic/metrics/source.ts";
import { latencyReading } from "../../traffic/metrics/traefik-counters.ts";
import { parseSamples } from "../../traffic/metrics/traefik-source.ts";
import type { Metrics } from "./board.ts";
import { addLook, countedMetrics, readCounters, type Watched, watchedMetrics } from "./metric-points.ts";
import { COURSE, type Course, readCourse } from "./prometheus-course.ts";
import type { ReadMetrics } from "./read-board.ts";
import type { StageReading } from "./stage-reading.ts";

/** How long a source of metrics may take, in milliseconds. */
const LIMIT = 1_500;
const MOST_BYTES = 32 * 1024 * 1024;

/** Reads metrics once, as a report does: of a Prometheus their course, of Traefik what it has counted since it started. */
export function readMetricsOnce(course: Course = COURSE): ReadMetrics {
  const once = new Map<string, ReturnType<typeof lookAt>>();
  return readingMetrics(course, async (admin, sides, _flag, slowAbove) => {
    const look = once.get(admin) ?? lookAt(admin);
    once.set(admin, look);
    const samples = await look;
    if (typeof samples === "string") return { kind: "none", reason: samples };
    return countedMetrics(readCounters(samples, sides), slowAbove === null ? null : latencyReading(samples, sides, slowAbove), sides);
  });
}

/** Looks at Traefik's metrics again and again, and keeps what was counted between two looks. */
export interface MetricsWatch {
  readonly read: ReadMetrics;
  /** Looks once at every stage without a Prometheus. */
  look(stages: readonly StageReading[], flags: readonly string[], now: Date): Promise<void>;
}

export function watchMetrics(course: Course = COURSE): MetricsWatch {
  const watched = new Map<string, Watched>();
  const slow = new Map<string, Watched>();
  const reasons = new Map<string, string>();
  const key = (admin: string, flag: string): string => `${admin} ${flag}`;
  return {
    read: readingMetrics(course, async (admin, _sides, flag) =>
      watchedMetrics(watched.get(key(admin, flag)) ?? null, slow.get(key(admin, flag)) ?? null, reasons.get(admin) ?? "they have not been looked at yet"),
    ),
    async look(stages, flags, now) {
      await Promise.all(
        stages.map(async ({ running, metrics }) => {
          if (running === null || metrics?.kind !== "traefik") return;
          const { admin } = metrics;
          const samples = await lookAt(admin);
          if (typeof samples === "string") reasons.set(admin, samples);
          for (const flag of flags) {
            const sides = sidesOf(running.plan, flag, running.servicesOf);
            const reading = typeof samples === "string" ? { kind: "silent" as const, reason: samples } : readCounters(samples, sides);
            const next = addLook(watched.get(key(admin, flag)) ?? null, now, sides, reading);
            if (next !== null) watched.set(key(admin, flag), next);
            const limit = running.slowAbove(flag);
            const slower = typeof samples === "string" || limit === null ? null : latencyReading(samples, sides, limit);
            const nextSlow = slower === null ? null : addLook(slow.get(key(admin, flag)) ?? null, now, sides, slower);
            if (nextSlow !== null) slow.set(key(admin, flag), nextSlow);
          }
        }),
      );
    },
  };
}

function readingMetrics(course: Course, readTraefik: (admin: string, sides: Sides, flag: string, slowAbove: number | null) => Promise<Metrics>): ReadMetrics {
  return async ({ running, metrics }, flag, now) => {
    if (running === null) return { kind: "none", reason: "it is not known what it runs" };
    if (metrics === null) return { kind: "none", reason: "its config does not say where they are" };
    const sides = sidesOf(running.plan, flag, running.servicesOf);
    if (sides.withFlag.length === 0 && sides.without.length === 0) return { kind: "none", reason: "no service that people see reads the flag" };
    switch (metrics.kind) {
      case "prometheus":
        return readCourse(metrics, sides, running.slowAbove(flag), now, course, LIMIT);
      case "traefik":
        return readTraefik(metrics.admin, sides, flag, running.slowAbove(flag));
      default:
        return metrics satisfies never;
    }
  };
}

async function lookAt(admin: string): Promise<ReturnType<typeof parseSamples>> {
  const fetched = await fetchText(`${admin}/metrics`, LIMIT, MOST_BYTES);
  return fetched.ok ? parseSamples(fetched.text) : `Traefik's metrics at ${admin}: ${fetched.reason}`;
}
