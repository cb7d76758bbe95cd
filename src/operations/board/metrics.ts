import { type Fetched, fetchText } from "../../net/fetch-text.ts";
import { sidesOf } from "../../traffic/metrics/sides.ts";
import type { Sides } from "../../traffic/metrics/source.ts";
import { latencyReading, type Sample } from "../../traffic/metrics/traefik-counters.ts";
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
  return readingMetrics(course, async (admin) => {
    const fetched = await fetchMetrics(admin);
    let look: Look | string | null = null;
    return (sides, _flag, slowAbove) => {
      look ??= lookOf(admin, fetched);
      if (typeof look === "string") return { kind: "none", reason: look };
      const samples = samplesOf(look, sides);
      return countedMetrics(readCounters(samples, sides), slowAbove === null ? null : latencyReading(samples, sides, slowAbove), sides);
    };
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
    read: readingMetrics(course, (admin) =>
      Promise.resolve((_sides, flag) =>
        watchedMetrics(watched.get(key(admin, flag)) ?? null, slow.get(key(admin, flag)) ?? null, reasons.get(admin) ?? "they have not been looked at yet"),
      ),
    ),
    async look(stages, flags, now) {
      await Promise.all(
        stages.map(async ({ running, metrics }) => {
          if (running === null || metrics?.kind !== "traefik") return;
          const { admin } = metrics;
          const look = lookOf(admin, await fetchMetrics(admin));
          if (typeof look === "string") reasons.set(admin, look);
          for (const flag of flags) {
            const sides = sidesOf(running.plan, flag, running.servicesOf);
            const samples = typeof look === "string" ? look : samplesOf(look, sides);
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

/** Gives what a Traefik's metrics say of the sides of a flag. */
type ReadSides = (sides: Sides, flag: string, slowAbove: number | null) => Metrics;

function readingMetrics(course: Course, lookAtTraefik: (admin: string) => Promise<ReadSides>): ReadMetrics {
  return async ({ running, metrics }, now) => {
    if (running === null) return always("it is not known what it runs");
    if (metrics === null) return always("its config does not say where they are");
    const look = metrics.kind === "traefik" ? await lookAtTraefik(metrics.admin) : null;
    return async (flag) => {
      const sides = sidesOf(running.plan, flag, running.servicesOf);
      if (sides.withFlag.length === 0 && sides.without.length === 0) return { kind: "none", reason: "no service that people see reads the flag" };
      const slowAbove = running.slowAbove(flag);
      if (metrics.kind === "prometheus") return readCourse(metrics, sides, slowAbove, now, course, LIMIT);
      return look === null ? { kind: "none", reason: "they have not been looked at yet" } : look(sides, flag, slowAbove);
    };
  };
}

function always(reason: string): (flag: string) => Promise<Metrics> {
  return () => Promise.resolve({ kind: "none", reason });
}

/** Traefik's samples by their service: a flag has a few of many. */
type Look = ReadonlyMap<string, readonly Sample[]>;

function fetchMetrics(admin: string): Promise<Fetched> {
  return fetchText(`${admin}/metrics`, LIMIT, MOST_BYTES);
}

function lookOf(admin: string, fetched: Fetched): Look | string {
  const samples = fetched.ok ? parseSamples(fetched.text) : `Traefik's metrics at ${admin}: ${fetched.reason}`;
  return typeof samples === "string" ? samples : Map.groupBy(samples, ({ labels }) => labels["service"] ?? "");
}

function samplesOf(look: Look, { withFlag, without }: Sides): Sample[] {
  return [...withFlag, ...without].flatMap((service) => look.get(service) ?? []);
}
