import type { Counts } from "../../analysis/counters.ts";
import type { FlagDefinition, Metric } from "../../model/catalog.ts";
import { formatMoment } from "../../model/moment.ts";
import type { ExposurePoint, FlagDetail, FlagInStage, MetricPoint, Metrics } from "../../operations/board/board.ts";
import { sumOf } from "../../operations/board/metric-points.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";
import { part } from "./part.ts";
import { type Course, draw } from "./plot.ts";
import { moment, table } from "./table.ts";

type ReadMetrics = Extract<Metrics, { kind: "read" }>;

/** Points of a drawing. */
const MOST_POINTS = 60;
/** Rows of a plot's table, the newest. */
const MOST_ROWS = 40;

/** What is drawn of requests: how a point counts it, and how it is written. */
interface Measure {
  readonly name: string;
  readonly title: (definition: FlagDefinition | null) => string;
  /** What of the metrics it counts; null where they do not have it. */
  readonly from: (metrics: ReadMetrics) => Pick<ReadMetrics, "points" | "sum"> | null;
  readonly of: (counts: Counts) => number | null;
  readonly text: (value: number) => string;
  readonly tick: (value: number) => string;
  readonly lowestTop: number;
  readonly limit: (definition: FlagDefinition | null) => number | null;
}

/** A measure whose title is known. */
type Named = Omit<Measure, "title"> & { readonly title: string };

const MEASURES: readonly Measure[] = [
  {
    name: "errors",
    title: () => "Failed requests",
    from: (metrics) => metrics,
    of: shareOfBad,
    text: (value) => `${short(value)}%`,
    tick: (value) => `${short(value)}%`,
    lowestTop: 1,
    limit: (definition) => limitOf(definition, (metric) => (metric.kind === "error-ratio" && metric.limit !== null ? metric.limit * 100 : null)),
  },
  {
    name: "slow",
    title: (definition) => `Slower than ${latencyOf(definition)?.limit ?? "the limit"} s`,
    from: ({ slow }) => slow,
    of: shareOfBad,
    text: (value) => `${short(value)}%`,
    tick: (value) => `${short(value)}%`,
    lowestTop: 1,
    limit: (definition) => {
      const quantile = latencyOf(definition)?.quantile;
      return quantile === undefined ? null : (1 - quantile) * 100;
    },
  },
  {
    name: "latency",
    title: () => "Mean time of an answer",
    from: (metrics) => metrics,
    of: ({ total, seconds }) => (total > 0 && seconds !== null ? (seconds / total) * 1000 : null),
    text: (value) => `${short(value)} ms`,
    tick: (value) => `${short(value)} ms`,
    lowestTop: 10,
    limit: () => null,
  },
];

/** How far a flag was on in each stage, and how it answered there, as plots with their figures. */
export function measures({ flag, definition, stages }: FlagDetail, now: Date): Markup {
  const starts = stages.flatMap(({ exposures }) => exposures[0]?.at.getTime() ?? []);
  // One scale of time for all stages, so that they can be compared.
  const from = new Date(Math.min(...starts, now.getTime() - 60_000));
  const rows = stages.map(
    (one) =>
      markup`<div class="stage-measures"><h3>${one.stage}</h3><div class="plots">${exposureFigure(flag, one, from, now)}${metricFigures(flag, one, definition)}</div></div>`,
  );
  return part(flag, "measures", "Over time", markup`${rows}`);
}

function exposureFigure(flag: string, { stage, exposures }: FlagInStage, from: Date, to: Date): Markup {
  const last = exposures.at(-1);
  const title = `Exposure in ${stage}`;
  if (last === undefined) return figure("Exposure", NOTHING, markup`<p class="empty">No update of this stage can be told.</p>`, NOTHING);
  const description = `From ${formatMoment(from)} to ${formatMoment(to)}; now ${last.exposure} per cent.`;
  const course: Course = { side: "with", points: exposures.map(({ at, exposure }) => ({ at, value: exposure })) };
  const drawing = draw({
    id: `exposure-${stage}-${flag}`,
    title,
    description,
    courses: [course],
    from,
    to,
    top: 100,
    steps: true,
    limit: null,
    tick: (value) => `${value}%`,
  });
  return figure("Exposure", markup`<span class="figure">${last.exposure}%</span>`, drawing, details(`${title}, as a table`, exposureTable(title, exposures)));
}

function exposureTable(title: string, points: readonly ExposurePoint[]): Markup {
  const rows = points
    .toReversed()
    .slice(0, MOST_ROWS)
    .map(({ at, exposure }) => [moment(at), `${exposure}%`]);
  return table(title, ["from", "visitors with it"], rows);
}

function metricFigures(flag: string, { stage, metrics }: FlagInStage, definition: FlagDefinition | null): Markup {
  if (metrics.kind === "none") return figure("Requests", NOTHING, markup`<p class="empty">Nothing can be said of them: ${metrics.reason}</p>`, NOTHING);
  const warning = metrics.warning === null ? NOTHING : markup`<p class="line tone-warning">Not read just now: ${metrics.warning}</p>`;
  return markup`${MEASURES.flatMap((measure) => {
    const counted = measure.from(metrics);
    if (counted === null) return [];
    return [
      metricFigure(`${stage}-${flag}`, stage, { ...metrics, ...counted }, { ...measure, title: measure.title(definition) }, measure.limit(definition), warning),
    ];
  })}`;
}

function metricFigure(id: string, stage: string, metrics: ReadMetrics, measure: Named, limit: number | null, warning: Markup): Markup {
  const { sum } = metrics;
  const points = joinPoints(metrics.points);
  const sides = [
    { side: "with" as const, words: "with the flag", counts: sum.withFlag, of: (point: MetricPoint) => point.withFlag },
    { side: "without" as const, words: "without it", counts: sum.without, of: (point: MetricPoint) => point.without },
  ].filter(({ counts }) => counts !== null);
  const figures = sides.map(({ side, words, counts }) => {
    const value = counts === null ? null : measure.of(counts);
    return markup`<span class="figure figure-${side}">${swatch(side)}${value === null ? "none" : measure.text(value)} <span class="aside">${words}</span></span>`;
  });
  const title = `${measure.title} in ${stage}`;
  const caption = `${measure.title}${limit === null ? "" : `, limit ${measure.text(limit)}`}`;
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return figure(caption, markup`${figures}`, markup`<p class="empty">${courseless(metrics)}</p>`, warning);
  const courses = sides.map(
    ({ side, of }): Course => ({ side, points: points.map((point) => ({ at: point.at, value: valueOf(measure, of(point)) ?? Number.NaN })) }),
  );
  const highest = Math.max(measure.lowestTop, ...courses.flatMap((course) => course.points.flatMap(({ value }) => (Number.isNaN(value) ? [] : [value]))));
  // A limit is shown where it can be seen beside the values.
  const top = (limit !== null && limit <= highest * 10 ? Math.max(limit, highest) : highest) * 1.15;
  const drawing = draw({
    id: `${measure.name}-${id}`,
    title,
    description: `${sides.map(({ words, counts }) => `${words} ${textOf(measure, counts)}`).join(", ")}, from ${formatMoment(first.at)} to ${formatMoment(last.at)}, by ${sourceName(metrics)}.`,
    courses,
    from: metrics.since ?? first.at,
    to: last.at,
    top,
    steps: false,
    limit,
    tick: measure.tick,
  });
  const rows = points
    .toReversed()
    .slice(0, MOST_ROWS)
    .map((point) => [moment(point.at), ...sides.map(({ of }) => cellText(measure, of(point)))]);
  return figure(
    caption,
    markup`${figures}`,
    drawing,
    markup`${warning}${details(`${title}, as a table`, table(title, ["until", ...sides.map(({ words }) => words)], rows))}`,
  );
}

/** So many points at most, each of the counts of several that follow one another: a course and no noise. */
function joinPoints(points: readonly MetricPoint[]): MetricPoint[] {
  const size = Math.ceil(points.length / MOST_POINTS);
  const groups = Array.from({ length: Math.ceil(points.length / Math.max(1, size)) }, (_, index) => points.slice(index * size, (index + 1) * size));
  return groups.flatMap((group) => {
    const last = group.at(-1);
    return last === undefined ? [] : [{ at: last.at, ...sumOf(group) }];
  });
}

function valueOf(measure: Pick<Measure, "of">, counts: Counts | null): number | null {
  return counts === null ? null : measure.of(counts);
}

function textOf(measure: Pick<Measure, "of" | "text">, counts: Counts | null): string {
  const value = valueOf(measure, counts);
  return value === null ? "none" : measure.text(value);
}

function cellText(measure: Pick<Measure, "of" | "text">, counts: Counts | null): string {
  return `${textOf(measure, counts)} of ${short(counts?.total ?? 0)}`;
}

function courseless({ since }: ReadMetrics): string {
  return since === null
    ? "Counted since Traefik started. Its course is drawn by sluice board while it runs, or from Prometheus."
    : "The board has just begun to look.";
}

function sourceName({ source }: ReadMetrics): string {
  return source === "prometheus" ? "Prometheus" : "Traefik's counters";
}

function figure(title: string, head: Markup, body: Markup, foot: Markup): Markup {
  return markup`<figure class="plot"><figcaption><span class="plot-title">${title}</span><span class="figures">${head}</span></figcaption>${body}${foot}</figure>`;
}

function details(summary: string, body: Markup): Markup {
  return markup`<details class="as-table"><summary>As a table<span class="sr">: ${summary}</span></summary>${body}</details>`;
}

function swatch(side: "with" | "without"): Markup {
  return markup`<svg class="swatch" viewBox="0 0 18 8" width="18" height="8" aria-hidden="true" focusable="false"><path d="M0 4H18" class="swatch-${side}" /></svg>`;
}

function limitOf(definition: FlagDefinition | null, of: (metric: Metric) => number | null): number | null {
  return (
    Object.values(definition?.watch.metrics ?? {})
      .map(of)
      .find((limit) => limit !== null) ?? null
  );
}

function latencyOf(definition: FlagDefinition | null): Extract<Metric, { kind: "latency" }> | undefined {
  return Object.values(definition?.watch.metrics ?? {}).find((metric) => metric.kind === "latency");
}

function shareOfBad({ total, bad }: Counts): number | null {
  return total > 0 ? (bad / total) * 100 : null;
}

/** Three digits that count. */
function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
