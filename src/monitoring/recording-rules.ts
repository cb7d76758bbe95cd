import type { Metric } from "../model/catalog.ts";
import { traefikMatchers } from "../model/traefik-in-prometheus.ts";
import { DURATIONS, FAILURES, REQUESTS } from "../model/traefik-metrics.ts";
import type { MonitoringInput } from "./input.ts";
import { formatPromDuration, plain } from "./promql.ts";
import { type WatchedFlag, watchedFlags } from "./sides.ts";
import { recordedWindows } from "./timing.ts";

export type Side = "with" | "without";

/** One rule of a Prometheus rule file that records a series. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Quantiles of the duration of requests that are recorded, by what their series are called. */
export const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/** Names of recorded series, `level:metric:operations` as is the custom. @param window in PromQL's form, such as `5m` */
export const RECORDED = {
  requests: (window: string) => `sluice:requests:rate${window}`,
  errors: (window: string) => `sluice:errors:ratio_rate${window}`,
  duration: (quantile: keyof typeof QUANTILES, window: string) => `sluice:request_duration_seconds:${quantile}_rate${window}`,
  share: (window: string) => `sluice:with_flag:share_rate${window}`,
  limit: (window: string) => `sluice:watch:limit_ratio_rate${window}`,
} as const;

/** What each kind of recorded series means. */
export const RECORDED_MEANINGS: readonly { readonly name: string; readonly labels: string; readonly meaning: string }[] = [
  {
    name: RECORDED.requests("<window>"),
    labels: "stage, service, flag, owner, side",
    meaning: "Requests a second that the variants of one side of a flag answer",
  },
  {
    name: RECORDED.errors("<window>"),
    labels: "stage, service, flag, owner, side",
    meaning: "Share of them with a status of 500 and above; none where there are no requests",
  },
  { name: RECORDED.duration("p99", "<window>"), labels: "stage, service, flag, owner, side", meaning: "Quantile of their duration; p50 and p95 likewise" },
  { name: RECORDED.share("<window>"), labels: "stage, service, flag, owner", meaning: "Share of all requests that a variant with the flag answers" },
  {
    name: RECORDED.limit("<window>"),
    labels: "stage, service, flag, owner, metric",
    meaning: "For a metric of the flag's `watch` with a limit: what is seen with the flag, divided by the limit; above 1 is too much",
  },
];

/** Label matchers for the stage's Traefik. */
export function traefikSelector({ settings, plan }: Pick<MonitoringInput, "settings" | "plan">): string {
  return traefikMatchers(plan.stage, settings);
}

/** Rules that record requests, errors and durations with each flag and without. */
export function recordingRules(input: MonitoringInput): RecordingRule[] {
  return watchedFlags(input).flatMap((watched) => [
    ...(["with", "without"] as const).flatMap((side) => sideRules(input, watched, side)),
    ...shareRules(input, watched),
    ...limitRules(input, watched),
  ]);
}

/** Whether what a promotion judges is held against its limit by a rule too. */
export function hasRecordedLimit(metric: Metric): boolean {
  return metric.kind === "latency" || (metric.kind === "error-ratio" && metric.limit !== null && metric.limit > 0);
}

function sideRules(input: MonitoringInput, watched: WatchedFlag, side: Side): RecordingRule[] {
  const labels = { ...ownLabels(input, watched), side };
  const requests = (window: string, matchers = ""): string => requestRate(input, watched[side], window, matchers);
  const comparison = formatPromDuration(input.timing.comparison);
  return [
    ...recordedWindows(input.timing, side).flatMap((window): RecordingRule[] => [
      { record: RECORDED.requests(window), expr: requests(window), labels },
      { record: RECORDED.errors(window), expr: `(${requests(window, `, ${FAILURES}`)} or vector(0)) / (${requests(window)} > 0)`, labels },
    ]),
    ...(["p50", "p95", "p99"] as const).map((name) => ({
      record: RECORDED.duration(name, comparison),
      expr: durationQuantile(input, watched[side], QUANTILES[name], comparison),
      labels,
    })),
  ];
}

function shareRules(input: MonitoringInput, watched: WatchedFlag): RecordingRule[] {
  const windows = [...new Set([input.timing.comparison, input.timing.split])].map(formatPromDuration);
  return windows.map((window) => ({
    record: RECORDED.share(window),
    expr: `(${requestRate(input, watched.with, window)} or vector(0)) / (${requestRate(input, `${watched.with}|${watched.without}`, window)} > 0)`,
    labels: ownLabels(input, watched),
  }));
}

/** What a promotion judges by a limit is recorded too; what it judges by a person's own queries is not, because a fault in one would end all rules. */
function limitRules(input: MonitoringInput, watched: WatchedFlag): RecordingRule[] {
  const window = formatPromDuration(input.timing.comparison);
  const metrics = Object.entries(input.catalog.flags[watched.flag]?.watch.metrics ?? {});
  return metrics.flatMap(([metric, definition]) => {
    const expr = limitExpression(input, watched, definition, window);
    return expr === null ? [] : [{ record: RECORDED.limit(window), expr, labels: { ...ownLabels(input, watched), metric } }];
  });
}

function limitExpression(input: MonitoringInput, watched: WatchedFlag, metric: Metric, window: string): string | null {
  switch (metric.kind) {
    case "error-ratio": {
      if (!hasRecordedLimit(metric) || metric.limit === null) return null;
      const errors = requestRate(input, watched.with, window, `, ${FAILURES}`);
      return `(${errors} or vector(0)) / (${requestRate(input, watched.with, window)} > 0) / ${plain(metric.limit)}`;
    }
    case "latency":
      return `${durationQuantile(input, watched.with, metric.quantile, window)} / ${plain(metric.limit)}`;
    case "ratio":
    case "value":
      return null;
    default:
      return metric satisfies never;
  }
}

function requestRate(input: MonitoringInput, services: string, window: string, matchers = ""): string {
  return `sum(rate(${REQUESTS}{${traefikSelector(input)}, service=~"${services}"${matchers}}[${window}]))`;
}

function durationQuantile(input: MonitoringInput, services: string, quantile: number, window: string): string {
  return `histogram_quantile(${plain(quantile)}, sum by (le) (rate(${DURATIONS}_bucket{${traefikSelector(input)}, service=~"${services}"}[${window}])))`;
}

function ownLabels({ plan }: MonitoringInput, { service, flag, owner }: WatchedFlag): Record<string, string> {
  return { stage: plan.stage, service, flag, owner };
}
