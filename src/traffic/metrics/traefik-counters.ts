import type { Counters } from "../../analysis/counters.ts";
import { type Reading, silent } from "../../analysis/reading.ts";
import { DURATIONS, isFailure, REQUESTS } from "../../model/traefik-metrics.ts";
import type { Sides } from "./source.ts";

/** One line of Traefik's metrics. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What makes one counter out of many lines: the service, and in Prometheus the Traefik that was scraped. */
const COUNTER_LABELS = ["service", "job", "instance"];

/** The reading of an error ratio: answers with a status of 500 and above are bad. */
export function errorReading(samples: readonly Sample[], sides: Sides): Reading {
  return readingOf(samples, sides, "failed", (lines) => {
    let [total, bad] = [0, 0];
    for (const { name, labels, value } of lines) {
      if (name !== REQUESTS) continue;
      const code = Number(labels["code"]);
      if (!Number.isInteger(code)) return `counts requests with the status ${labels["code"] ?? "(none)"}`;
      total += value;
      if (isFailure(code)) bad += value;
    }
    return { total, bad, seconds: null };
  });
}

/**
 * The reading of a latency. Traefik counts durations in buckets, so a request is slow above the largest boundary
 * that is at most the limit: no slow one passes as fast, and some within the limit may count as slow.
 * @param limit seconds
 */
export function latencyReading(samples: readonly Sample[], sides: Sides, limit: number): Reading {
  const durations = samples.filter(({ name }) => name.startsWith(`${DURATIONS}_`));
  const boundaries = [...new Set(durations.flatMap(({ labels }) => labels["le"] ?? []).map(toNumber))].filter(Number.isFinite).sort((a, b) => a - b);
  const boundary = boundaries.filter((candidate) => candidate <= limit).at(-1);
  if (boundary === undefined && durations.length > 0) {
    return silent(`Traefik counts durations in buckets, and none ends at or below ${limit} s; they end at ${boundaries.join(", ")} s`);
  }
  return readingOf(durations, sides, `slower than ${boundary ?? limit} s`, (lines) => {
    const sum = (end: string): number => lines.filter(({ name }) => name === `${DURATIONS}_${end}`).reduce((all, { value }) => all + value, 0);
    const fast = lines.filter(({ labels }) => labels["le"] !== undefined && toNumber(labels["le"]) === boundary);
    if (lines.length > 0 && fast.length === 0) return `has no bucket that ends at ${boundary ?? limit} s for every service`;
    const total = sum("count");
    return { total, bad: total - fast.reduce((all, { value }) => all + value, 0), seconds: sum("sum") };
  });
}

/** One counter for each of a side's services, by `count`, which gives why not in words where it cannot. */
function readingOf(samples: readonly Sample[], sides: Sides, wording: string, count: (lines: readonly Sample[]) => Counters[string] | string): Reading {
  const faults: string[] = [];
  const countersOf = (services: readonly string[]): Counters => {
    const names = new Set(services);
    const groups = Map.groupBy(
      samples.filter(({ labels }) => names.has(labels["service"] ?? "")),
      ({ labels }) => COUNTER_LABELS.flatMap((label) => labels[label] ?? []).join(" "),
    );
    return Object.fromEntries(
      [...groups].flatMap(([name, lines]) => {
        const counts = count(lines);
        if (typeof counts !== "string") return [[name, counts]];
        faults.push(counts);
        return [];
      }),
    );
  };
  const withFlag = countersOf(sides.withFlag);
  const without = sides.without.length === 0 ? null : countersOf(sides.without);
  const [fault] = faults;
  return fault === undefined ? { kind: "counts", withFlag, without, wording } : silent(`Traefik ${fault}`);
}

function toNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
