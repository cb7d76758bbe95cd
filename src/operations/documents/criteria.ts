import type { Model } from "../../config/parse.ts";
import type { FlagDefinition, Metric } from "../../model/catalog.ts";
import { formatDuration } from "../../model/moment.ts";
import { type TraefikInPrometheus, traefikInPrometheus } from "../../model/traefik-in-prometheus.ts";
import { DURATIONS, FAILURES, REQUESTS } from "../../model/traefik-metrics.ts";
import { planRollout } from "../../plan/plan.ts";
import { forServices, ofTraefik, servicePattern } from "../../traffic/metrics/promql.ts";
import { servicesOfVariants } from "../../traffic/metrics/services-of-variant.ts";
import { sidesOf } from "../../traffic/metrics/sides.ts";
import { asIfRaised } from "./as-if-raised.ts";

/** Something that can be measured, and when it is good enough. */
export interface Criterion {
  /** What is measured, in plain words but for names that people chose. */
  readonly measure: string;
  readonly threshold: string;
  /** How it is asked: a query in PromQL, or a command whose exit code is 0 when it holds. */
  readonly ask: { readonly kind: "promql" | "command"; readonly text: string };
}

/**
 * What must hold of a flag in a stage while it is on, before it goes further: its metrics, and what
 * commands can verify. Follows from the catalogue and from what the stage's config makes of an exposure, where
 * what the flag requires is as far on, and nothing of it is killed.
 * @param exposure per cent of visitors at which the criteria are asked for
 */
export function criteriaOf(model: Model, flag: string, exposure: number): Criterion[] {
  const { catalog, settings } = model;
  const definition = catalog.flags[flag];
  if (definition === undefined) return [];
  return [...metricCriteria(model, flag, definition, exposure), ...commandCriteria(flag, definition, settings.stage, catalog.stages.indexOf(settings.stage))];
}

function metricCriteria(model: Model, flag: string, { watch }: FlagDefinition, exposure: number): Criterion[] {
  const { settings } = asIfRaised(model, flag, exposure);
  const plan = planRollout(model.catalog, settings);
  const { withFlag } = sidesOf(plan, flag, servicesOfVariants(plan, settings.target));
  const over = promDuration(watch.duration[settings.stage] ?? 0);
  return Object.entries(watch.metrics).flatMap(([name, metric]) => {
    const limit = metricCriterion(name, metric, withFlag, traefikInPrometheus(settings), over);
    return limit === null ? [] : [limit];
  });
}

/** Against a fixed limit; null where a metric has none, and is only held against the variant without the flag. */
function metricCriterion(name: string, metric: Metric, services: readonly string[], traefik: TraefikInPrometheus, over: string): Criterion | null {
  const ofServices = `service=~"${servicePattern(services)}"`;
  const promql = (text: string): Criterion["ask"] => ({ kind: "promql", text });
  switch (metric.kind) {
    case "error-ratio": {
      if (metric.limit === null) return null;
      const rate = (...codes: readonly string[]): string => `sum(rate(${ofTraefik(REQUESTS, traefik, ofServices, ...codes)}[${over}]))`;
      const query = `(${rate(FAILURES)} or vector(0)) / ${rate()}`;
      return { measure: `${name}: share of answers with status 500 and above`, threshold: `at most ${metric.limit}`, ask: promql(query) };
    }
    case "latency": {
      const query = `histogram_quantile(${metric.quantile}, sum by (le) (rate(${ofTraefik(`${DURATIONS}_bucket`, traefik, ofServices)}[${over}])))`;
      return {
        measure: `${name}: seconds within which ${Number((metric.quantile * 100).toFixed(6))} per cent are answered`,
        threshold: `at most ${metric.limit}`,
        ask: promql(query),
      };
    }
    case "ratio": {
      if (metric.limit === null) return null;
      const query = `(${forServices(metric.bad, services, traefik.stage)}) / (${forServices(metric.total, services, traefik.stage)})`;
      return { measure: `${name}: share of bad events`, threshold: `at most ${metric.limit}`, ask: promql(query) };
    }
    case "value":
      return { measure: `${name}: one number`, threshold: boundsText(metric.min, metric.max), ask: promql(forServices(metric.query, services, traefik.stage)) };
    default:
      return metric satisfies never;
  }
}

function boundsText(min: number | null, max: number | null): string {
  const bounds = [min === null ? null : `at least ${min}`, max === null ? null : `at most ${max}`].filter((bound) => bound !== null);
  return bounds.length === 0 ? "any number" : bounds.join(" and ");
}

function commandCriteria(flag: string, definition: FlagDefinition, stage: string, index: number): Criterion[] {
  const { watch, soak, drill } = definition;
  const command = (text: string): Criterion["ask"] => ({ kind: "command", text });
  const compared = Object.entries(watch.metrics).flatMap(([name, metric]) => (metric.kind !== "value" && metric.compare ? [name] : []));
  const criteria: (Criterion | null)[] = [
    compared.length === 0
      ? null
      : {
          measure: `${compared.join(", ")}: the variant with the flag beside the one without, at each step below 100 per cent`,
          threshold: `not worse, tested for ${formatDuration(watch.duration[stage] ?? 0)} with at most ${watch.falseAlarmRate} false alarms a promotion`,
          ask: command(`npx sluice promote ${flag} --stage ${stage} --yes`),
        },
    {
      measure: "who sees what: shares of newcomers, returning visitors, gated routes",
      threshold: "as the state says",
      ask: command(`npx sluice verify --stage ${stage}`),
    },
    {
      measure: "the record of who did what",
      threshold: "the chain holds",
      ask: command(`npx sluice audit --stage ${stage}`),
    },
    (soak[stage] ?? 0) === 0
      ? null
      : {
          measure: "time fully on without a break",
          threshold: `${formatDuration(soak[stage] ?? 0)} at least`,
          ask: command(`npx sluice status --flag ${flag}`),
        },
    drill === null || index === 0
      ? null
      : {
          measure: "a rollback rehearsed under load, no request lost",
          threshold: `not older than ${formatDuration(drill)} when the flag is raised`,
          ask: command(`npx sluice drill --stage ${stage} --yes`),
        },
  ];
  return criteria.filter((criterion) => criterion !== null);
}

/** A duration as PromQL writes it: one unit, the largest that fits. */
function promDuration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
