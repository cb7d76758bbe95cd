import { z } from "zod";
import type { Counts } from "../../analysis/counters.ts";
import type { TraefikInPrometheus } from "../../model/traefik-in-prometheus.ts";
import { DURATIONS, FAILURES, REQUESTS } from "../../model/traefik-metrics.ts";
import { reasonOf, traefikCount } from "../../traffic/metrics/foreign-traefiks.ts";
import { askPrometheus, otherForm } from "../../traffic/metrics/prometheus-driver.ts";
import { joinQueries, ofTraefik, PART, servicePattern } from "../../traffic/metrics/promql.ts";
import type { Sides } from "../../traffic/metrics/source.ts";
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
/** The part with the buckets of durations, by their label `le`. */
const BUCKETS = "buckets";

type MetricRead = Extract<Metrics, { readonly kind: "read" }>;
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
 * @param slowAbove seconds above which an answer counts as slow; null where that is not asked
 * @param timeout milliseconds
 */
export async function readCourse(
  { address, traefik }: CoursePlace,
  sides: Sides,
  slowAbove: number | null,
  now: Date,
  course: Course,
  timeout: number,
): Promise<Metrics> {
  const query = courseQuery(sides, traefik, course.step, slowAbove !== null);
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
  return {
    kind: "read",
    source: "prometheus",
    points,
    sum: sumOf(points),
    slow: slowAbove === null ? null : slowCourse(parsed.data.result, sides, slowAbove),
    since: start,
    warning: null,
  };
}

/** One query for all, so that all is of the same moments. @param step seconds @param withBuckets whether the buckets of durations are asked for too */
export function courseQuery(sides: Sides, traefik: TraefikInPrometheus, step: number, withBuckets: boolean): string {
  const parts = sidesOf(sides).flatMap(([side, names]) => {
    const services = `service=~"${servicePattern(names)}"`;
    const increase = (name: string, ...more: readonly string[]): string => `sum(increase(${ofTraefik(name, traefik, services, ...more)}[${step}s]))`;
    return [
      [`total ${SIDES[side]}`, increase(REQUESTS)],
      [`bad ${SIDES[side]}`, `${increase(REQUESTS, FAILURES)} or vector(0)`],
      [`seconds ${SIDES[side]}`, increase(`${DURATIONS}_sum`)],
      ...(withBuckets ? [[`${BUCKETS} ${SIDES[side]}`, increase(`${DURATIONS}_bucket`).replace("sum(", "sum by (le) (")] as const] : []),
    ] as const;
  });
  return joinQueries({ ...Object.fromEntries(parts), ...(traefik.matchers === null ? { [TRAEFIKS]: traefikCount(traefik) } : {}) });
}

/**
 * The course of slow answers, by the largest bucket that ends at or below a limit, as a promotion counts them.
 * @returns null where there is no such bucket
 */
export function slowCourse(series: readonly z.output<typeof seriesSchema>[], sides: Sides, slowAbove: number): Pick<MetricRead, "points" | "sum"> | null {
  const buckets = series.filter(({ metric }) => (metric.labels[PART] ?? "").startsWith(`${BUCKETS} `));
  const ends = buckets.map(({ metric }) => endOf(metric.labels)).filter((end) => end <= slowAbove);
  if (ends.length === 0) return null;
  const boundary = Math.max(...ends);
  const renamed = buckets.flatMap(({ metric: { labels }, values }) => {
    const end = endOf(labels);
    const side = (labels[PART] ?? "").slice(BUCKETS.length + 1);
    const name = end === Number.POSITIVE_INFINITY ? "total" : end === boundary ? "fast" : null;
    return name === null ? [] : [{ metric: { labels: { [PART]: `${name} ${side}` } }, values }];
  });
  const points = coursePoints(renamed, sides);
  return points.length === 0 ? null : { points, sum: sumOf(points) };
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
  if (total == null) return null;
  // Where the fast are counted in the place of the bad, these are the rest; rates are rounded, so that they may be more.
  const fast = parts.get(`fast ${SIDES[side]}`);
  return { total, bad: fast === undefined ? (bad ?? 0) : Math.max(0, total - fast), seconds: seconds ?? null };
}

function endOf(labels: Readonly<Record<string, string>>): number {
  const end = labels["le"] ?? "";
  return end === "+Inf" ? Number.POSITIVE_INFINITY : Number(end);
}

function sidesOf(sides: Sides): (readonly [Side, readonly string[]])[] {
  const all = [
    ["withFlag", sides.withFlag],
    ["without", sides.without],
  ] as const;
  return all.filter(([, names]) => names.length > 0);
}
