import { z } from "zod";
import type { Counters } from "../../analysis/counters.ts";
import { type Reading, silent } from "../../analysis/reading.ts";
import type { Metric } from "../../model/catalog.ts";
import type { TraefikInPrometheus } from "../../model/traefik-in-prometheus.ts";
import { SIGN_OF_LIFE } from "../../model/traefik-metrics.ts";
import { foreignTraefiks } from "./foreign-traefiks.ts";
import { askPrometheus, otherForm } from "./prometheus-driver.ts";
import { errorQuery, forServices, joinQueries, latencyQuery, PART } from "./promql.ts";
import { DEFAULT_TIMEOUT, type MetricsSource, type Sides } from "./source.ts";
import { errorReading, latencyReading, type Sample } from "./traefik-counters.ts";

/** Answers a query with the samples of this moment, or says why it cannot. */
type Ask = (query: string) => Promise<readonly Sample[] | string>;

/**
 * Reads metrics of a stage's Traefik from Prometheus.
 * @param address such as http://127.0.0.1:9090
 * @param traefik where Prometheus may have those of other stages too, how it is found
 * @param timeout milliseconds
 */
export function prometheusSource(address: string, traefik: TraefikInPrometheus, timeout = DEFAULT_TIMEOUT): MetricsSource {
  const ask = askNow(address, timeout);
  return {
    async read(metrics, sides) {
      const read = async ([name, metric]: [string, Metric]): Promise<[string, Reading]> => [name, await readMetric(ask, metric, sides, traefik)];
      return Object.fromEntries(await Promise.all(Object.entries(metrics).map(read)));
    },
  };
}

async function readMetric(ask: Ask, metric: Metric, sides: Sides, traefik: TraefikInPrometheus): Promise<Reading> {
  if (sides.withFlag.length === 0) return silent("no service of Traefik's has the flag on");
  switch (metric.kind) {
    case "error-ratio":
      return readTraefik(await ask(errorQuery(sides, traefik)), traefik, (samples) => errorReading(samples, sides));
    case "latency":
      return readTraefik(await ask(latencyQuery(sides, traefik)), traefik, (samples) => latencyReading(samples, sides, metric.limit));
    case "ratio":
      return readRatio(ask, metric, sides, traefik);
    case "value": {
      const samples = await ask(forServices(metric.query, sides.withFlag, traefik.stage));
      const value = typeof samples === "string" ? samples : onlyValue("query", samples);
      return typeof value === "string" ? silent(value) : { kind: "value", value };
    }
    default:
      return metric satisfies never;
  }
}

/** Where Prometheus has nothing of Traefik's, no requests does not mean that there were none. */
function readTraefik(samples: readonly Sample[] | string, traefik: TraefikInPrometheus, read: (samples: readonly Sample[]) => Reading): Reading {
  if (typeof samples === "string") return silent(samples);
  const alive = samples.filter(({ name }) => name === SIGN_OF_LIFE);
  if (alive.length === 0) return silent(notScraped(traefik));
  const foreign = foreignTraefiks(
    alive.map(({ labels }) => labels),
    traefik,
  );
  return foreign === null ? read(samples) : silent(foreign);
}

function notScraped({ matchers }: TraefikInPrometheus): string {
  const which = matchers === null ? "" : ` with ${matchers}`;
  return `Prometheus has no metrics of Traefik${which} at this moment; is it scraped${matchers === null ? "" : ", and with these labels (monitoring.selector)"}?`;
}

async function readRatio(ask: Ask, metric: Extract<Metric, { kind: "ratio" }>, sides: Sides, { stage }: TraefikInPrometheus): Promise<Reading> {
  const partsOf = (side: string, names: readonly string[]): Record<string, string> => ({
    [`bad ${side} the flag`]: forServices(metric.bad, names, stage),
    [`total ${side} the flag`]: forServices(metric.total, names, stage),
  });
  const isCompared = sides.without.length > 0;
  const samples = await ask(joinQueries({ ...partsOf("with", sides.withFlag), ...(isCompared ? partsOf("without", sides.without) : {}) }));
  if (typeof samples === "string") return silent(samples);
  const countersOf = (side: string): Counters | string => {
    const [bad, total] = ["bad", "total"].map((query) => {
      const part = `${query} ${side} the flag`;
      return onlyValue(
        part,
        samples.filter(({ labels }) => labels[PART] === part),
      );
    });
    if (typeof bad !== "number") return bad ?? "";
    if (typeof total !== "number") return total ?? "";
    return { [`${side} the flag`]: { total, bad, seconds: null } };
  };
  const withFlag = countersOf("with");
  const without = isCompared ? countersOf("without") : null;
  if (typeof withFlag === "string") return silent(withFlag);
  if (typeof without === "string") return silent(without);
  return { kind: "counts", withFlag, without, wording: "bad", sums: true };
}

function onlyValue(query: string, samples: readonly Sample[]): number | string {
  const [first, ...others] = samples;
  if (first === undefined) return `${query} finds no series; write (…) or vector(0) where none means 0`;
  return others.length === 0 ? first.value : `${query} finds ${samples.length} series where one is expected; use sum(…)`;
}

const finite = z.number("a finite number");
const vectorSchema = z.object({
  resultType: z.literal("vector"),
  result: z.array(
    z.object({
      metric: z.object({ name: z.string().default(""), labels: z.record(z.string(), z.string()) }),
      value: z.object({ value: finite }),
    }),
  ),
});
const scalarSchema = z.object({ resultType: z.literal("scalar"), result: z.tuple([z.number(), z.string().transform(Number).pipe(finite)]) });
const answerSchema = z.discriminatedUnion("resultType", [vectorSchema, scalarSchema], "a vector or a scalar");

function askNow(address: string, timeout: number): Ask {
  return async (query) => {
    const asked = await askPrometheus(address, timeout, (driver, timeoutText) => driver.instantQuery(query, undefined, timeoutText));
    if (!asked.ok) return asked.reason;
    const parsed = answerSchema.safeParse(asked.answer);
    if (!parsed.success) return otherForm(parsed.error);
    if (parsed.data.resultType === "scalar") return [{ name: "", labels: {}, value: parsed.data.result[1] }];
    return parsed.data.result.map(({ metric, value }) => ({ ...metric, value: value.value }));
  };
}
