import { z } from "zod";
import type { Counts } from "../../analysis/counters.ts";
import type { TraefikInPrometheus } from "../../model/traefik-in-prometheus.ts";
import { reasonOf, traefikCount } from "../../traffic/metrics/foreign-traefiks.ts";
import { askPrometheus, otherForm } from "../../traffic/metrics/prometheus-driver.ts";
import { joinQueries, ofTraefik, PART, servicePattern } from "../../traffic/metrics/promql.ts";
import type { Sides } from "../../traffic/metrics/source.ts";
import { DURATIONS, REQUESTS } from "../../traffic/metrics/traefik-counters.ts";
import type { MetricPoint, Metrics } from "./board.ts";
import { sumOf } from "./metric-points.ts";

/** What is asked for, in seconds: how far back, and in what steps. */
export interface Course {
  readonly range: number;
  readonly step: number;
}

/** Three hours in steps of two minutes. */
export const COURSE: Course = { range: 3 * 3_600, step: 120 };

const SIDES = { withFlag: "with the flag", without: "without the flag" } as const;
type Side = keyof typeof SIDES;
const MEASURES = ["total", "bad", "seconds"] as const;
/** The part of the answer that says how many Traefiks Prometheus has, where that matters. */
const TRAEFIKS = "traefiks";

/** A Prometheus, and how the stage's Traefik is found in it. */
export interface CoursePlace {
  readonly address: string;
  readonly traefik: TraefikInPrometheus;
}

const seriesSchema = z.object({
  metric: z.object({ labels: z.record(z.string(), z.string()) }),
  values: z.array(z.object({ time: z.date(), value: z.number() })),
});
const answerSchema = z.object({ resultType: z.literal("matrix"), result: z.array(seriesSchema) }, "a matrix");

/**
 * Reads from Prometheus what was answered of late, by the services that people see today; never throws.
 * @param timeout milliseconds
 */
export async function readCourse({ address, traefik }: CoursePlace, sides: Sides, now: Date, course: Course, timeout: number): Promise<Metrics> {
  const query = courseQuery(sides, traefik, course.step);
  const start = new Date(now.getTime() - course.range * 1000);
  const asked = await askPrometheus(address, timeout, (driver, timeoutText) => driver.rangeQuery(query, start, now, course.step, timeoutText));
  if (!asked.ok) return { kind: "none", reason: asked.reason };
  const parsed = answerSchema.safeParse(asked.answer);
  if (!parsed.success) return { kind: "none", reason: otherForm(parsed.error) };
  const count = parsed.data.result.filter(({ metric }) => metric.labels[PART] === TRAEFIKS).flatMap(({ values }) => values.map(({ value }) => value));
  const foreign = reasonOf(Math.max(0, ...count), traefik);
  if (foreign !== null) return { kind: "none", reason: foreign };
  const points = coursePoints(parsed.data.result, sides);
  if (points.length === 0) return { kind: "none", reason: "Prometheus has no requests to these services in the last hours; is Traefik scraped?" };
  return { kind: "read", source: "prometheus", points, sum: sumOf(points), since: start, warning: null };
}

/** One query for all, so that all is of the same moments. @param step seconds */
export function courseQuery(sides: Sides, traefik: TraefikInPrometheus, step: number): string {
  const parts = sidesOf(sides).flatMap(([side, names]) => {
    const services = `service=~"${servicePattern(names)}"`;
    const increase = (name: string, ...more: readonly string[]): string => `sum(increase(${ofTraefik(name, traefik, services, ...more)}[${step}s]))`;
    return [
      [`total ${SIDES[side]}`, increase(REQUESTS)],
      [`bad ${SIDES[side]}`, `${increase(REQUESTS, 'code=~"5.."')} or vector(0)`],
      [`seconds ${SIDES[side]}`, increase(`${DURATIONS}_sum`)],
    ] as const;
  });
  return joinQueries({ ...Object.fromEntries(parts), ...(traefik.matchers === null ? { [TRAEFIKS]: traefikCount(traefik) } : {}) });
}

/** The answers of all parts by their moment; one without a count of requests is left out. */
export function coursePoints(series: readonly z.output<typeof seriesSchema>[], sides: Sides): MetricPoint[] {
  const values = new Map<number, Map<string, number>>();
  for (const { metric, values: own } of series) {
    for (const { time, value } of own) {
      const parts = values.get(time.getTime()) ?? new Map<string, number>();
      values.set(time.getTime(), parts.set(metric.labels[PART] ?? "", value));
    }
  }
  const asked = new Set(sidesOf(sides).map(([side]) => side));
  return [...values]
    .sort(([a], [b]) => a - b)
    .map(([time, parts]) => ({
      at: new Date(time),
      withFlag: asked.has("withFlag") ? countsOf(parts, "withFlag") : null,
      without: asked.has("without") ? countsOf(parts, "without") : null,
    }))
    .filter(({ withFlag, without }) => withFlag !== null || without !== null);
}

function countsOf(parts: ReadonlyMap<string, number>, side: Side): Counts | null {
  const [total, bad, seconds] = MEASURES.map((measure) => parts.get(`${measure} ${SIDES[side]}`)).map((value) =>
    value !== undefined && Number.isFinite(value) && value >= 0 ? value : null,
  );
  return total == null ? null : { total, bad: bad ?? 0, seconds: seconds ?? null };
}

function sidesOf(sides: Sides): (readonly [Side, readonly string[]])[] {
  const all = [
    ["withFlag", sides.withFlag],
    ["without", sides.without],
  ] as const;
  return all.filter(([, names]) => names.length > 0);
}
