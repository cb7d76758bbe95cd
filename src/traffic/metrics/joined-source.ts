import type { Counters } from "../../analysis/counters.ts";
import { type Reading, silent } from "../../analysis/reading.ts";
import type { MetricsSource } from "./source.ts";

/** One source out of those of several Traefiks: their counters side by side. Where one is silent, so is the whole. */
export function joinedSource(parts: readonly { readonly name: string; readonly source: MetricsSource }[]): MetricsSource {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only.source;
  return {
    async read(metrics, sides) {
      const read = await Promise.all(parts.map(async ({ name, source }) => ({ name, readings: await source.read(metrics, sides) })));
      return Object.fromEntries(
        Object.keys(metrics).map((metric) => [
          metric,
          joinReadings(read.map(({ name, readings }) => ({ name, reading: readings[metric] ?? silent(`${name} says nothing of ${metric}`) }))),
        ]),
      );
    },
  };
}

function joinReadings(parts: readonly { readonly name: string; readonly reading: Reading }[]): Reading {
  const withFlag: Record<string, Counters[string]> = {};
  const without: Record<string, Counters[string]> = {};
  let [hasWithout, wording] = [false, ""];
  for (const { name, reading } of parts) {
    if (reading.kind !== "counts") return reading.kind === "silent" ? silent(`${name}: ${reading.reason}`) : reading;
    for (const [key, counts] of Object.entries(reading.withFlag)) withFlag[`${name} ${key}`] = counts;
    for (const [key, counts] of Object.entries(reading.without ?? {})) without[`${name} ${key}`] = counts;
    hasWithout ||= reading.without !== null;
    ({ wording } = reading);
  }
  return { kind: "counts", withFlag, without: hasWithout ? without : null, wording };
}
