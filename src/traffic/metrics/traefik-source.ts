import parsePrometheusTextFormat from "parse-prometheus-text-format";
import { z } from "zod";
import { type Reading, silent } from "../../analysis/reading.ts";
import type { Metric } from "../../model/catalog.ts";
import { DURATIONS, REQUESTS, SIGN_OF_LIFE } from "../../model/traefik-metrics.ts";
import { fetchText } from "../../net/fetch-text.ts";
import { DEFAULT_TIMEOUT, type MetricsSource, type Sides } from "./source.ts";
import { errorReading, latencyReading, type Sample } from "./traefik-counters.ts";

/** Traefik's own metrics of a thousand services are about five megabytes. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Reads the metrics of the built-in kinds from the endpoint of a running Traefik; no Prometheus is needed.
 * @param admin address of Traefik's API entry point
 * @param timeout milliseconds
 */
export function traefikSource(admin: string, timeout = DEFAULT_TIMEOUT): MetricsSource {
  return {
    async read(metrics, sides) {
      const fetched = await fetchText(`${admin}/metrics`, timeout, MOST_BYTES);
      const samples = fetched.ok ? parseSamples(fetched.text) : `Traefik's metrics at ${admin}: ${fetched.reason}`;
      return Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, readMetric(metric, samples, sides)]));
    },
  };
}

const familySchema = z.array(
  z.object({ name: z.string(), metrics: z.array(z.object({ value: z.string(), labels: z.record(z.string(), z.string()).default({}) })) }),
);

/**
 * Traefik's samples in a text of Prometheus' exposition format, or why there are none. Lines with the types of metrics
 * are left out: with them, the parser makes one histogram of all services.
 */
export function parseSamples(text: string): readonly Sample[] | string {
  const lines = text.split("\n").filter((line) => [REQUESTS, DURATIONS, SIGN_OF_LIFE].some((name) => line.startsWith(name)));
  if (!lines.some((line) => line.startsWith(SIGN_OF_LIFE)))
    return "what answers has no metrics of Traefik; sluice serve enables them, and Traefik's own setting metrics.prometheus";
  try {
    // The parser forgets a last line that does not end.
    const families = familySchema.parse(parsePrometheusTextFormat(`${lines.join("\n")}\n`));
    const samples = families.flatMap(({ name, metrics }) =>
      metrics.map(({ labels, value }) => ({ name, labels, value: value === "" ? Number.NaN : Number(value), text: value })),
    );
    const odd = samples.find(({ value }) => !Number.isFinite(value) || value < 0);
    return odd === undefined ? samples : `Traefik's metrics say ${JSON.stringify(odd.text)} of ${odd.name}, which is no count`;
  } catch (error) {
    return `Traefik's metrics cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : String(error)}`;
  }
}

function readMetric(metric: Metric, samples: readonly Sample[] | string, sides: Sides): Reading {
  switch (metric.kind) {
    case "ratio":
    case "value":
      return silent(`a metric of kind ${metric.kind} needs Prometheus, and the stage has none; set its address as prometheus in the stage's config`);
    case "error-ratio":
      return typeof samples === "string" ? silent(samples) : errorReading(samples, sides);
    case "latency":
      return typeof samples === "string" ? silent(samples) : latencyReading(samples, sides, metric.limit);
    default:
      return metric satisfies never;
  }
}
