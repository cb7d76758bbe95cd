import type { TraefikInPrometheus } from "../../model/traefik-in-prometheus.ts";
import { DURATIONS, REQUESTS, SIGN_OF_LIFE } from "../../model/traefik-metrics.ts";
import type { Sides } from "./source.ts";

/** What stands in a person's query for the services of one side, and for the stage. */
const PLACEHOLDERS = /\$(variant|stage)\b/g;

/** The label by which the answers to several queries in one are told apart. */
export const PART = "sluice_part";

/**
 * A regular expression that matches Traefik's names of some services, for `=~`. Special characters stand in brackets,
 * because a backslash means different things in PromQL's three kinds of quotes; names have neither backslash nor caret.
 */
export function servicePattern(names: readonly string[]): string {
  return names.map((name) => name.replaceAll(/[^A-Za-z0-9_@-]/g, "[$&]")).join("|");
}

/** A person's query for the services of one side in a stage. */
export function forServices(query: string, names: readonly string[], stage: string): string {
  return query.replaceAll(PLACEHOLDERS, (_all, name: string) => (name === "stage" ? stage : servicePattern(names)));
}

/** A series of the stage's Traefik. @param matchers further ones */
export function ofTraefik(name: string, traefik: TraefikInPrometheus, ...matchers: readonly string[]): string {
  const all = [...(traefik.matchers === null ? [] : [traefik.matchers]), ...matchers];
  return all.length === 0 ? name : `${name}{${all.join(", ")}}`;
}

export function errorQuery(sides: Sides, traefik: TraefikInPrometheus): string {
  return withSignOfLife(`sum by (__name__, service, job, instance, code) (${ofTraefik(REQUESTS, traefik, ofSides(sides))})`, traefik);
}

export function latencyQuery(sides: Sides, traefik: TraefikInPrometheus): string {
  const durations = ofTraefik("", traefik, `__name__=~"${DURATIONS}_(bucket|count|sum)"`, ofSides(sides));
  return withSignOfLife(`sum by (__name__, service, job, instance, le) (${durations})`, traefik);
}

/** Several queries in one, so that all are of the same moment; each answer bears the name of its part. */
export function joinQueries(parts: Readonly<Record<string, string>>): string {
  // A query may end in a comment, hence the new lines.
  return Object.entries(parts)
    .map(([part, query]) => `label_replace((\n${query}\n), "${PART}", "${part}", "__name__", ".*")`)
    .join(" or ");
}

function withSignOfLife(query: string, traefik: TraefikInPrometheus): string {
  return `${query} or ${ofTraefik(SIGN_OF_LIFE, traefik)}`;
}

function ofSides(sides: Sides): string {
  return `service=~"${servicePattern([...sides.withFlag, ...sides.without])}"`;
}
