import type { Sides } from "./source.ts";
import { DURATIONS, REQUESTS, SIGN_OF_LIFE } from "./traefik-counters.ts";

/** What stands in a person's query for the services of one side. */
const PLACEHOLDER = "$variant";

/** The label by which the answers to several queries in one are told apart. */
export const PART = "sluice_part";

/**
 * A regular expression that matches Traefik's names of some services, for `=~`. Special characters stand in brackets,
 * because a backslash means different things in PromQL's three kinds of quotes; names have neither backslash nor caret.
 */
export function servicePattern(names: readonly string[]): string {
  return names.map((name) => name.replaceAll(/[^A-Za-z0-9_@-]/g, "[$&]")).join("|");
}

/** A person's query for the services of one side. */
export function forServices(query: string, names: readonly string[]): string {
  return query.replaceAll(PLACEHOLDER, () => servicePattern(names));
}

export function errorQuery(sides: Sides): string {
  return withSignOfLife(`sum by (__name__, service, job, instance, code) (${REQUESTS}{${ofSides(sides)}})`);
}

export function latencyQuery(sides: Sides): string {
  return withSignOfLife(`sum by (__name__, service, job, instance, le) ({__name__=~"${DURATIONS}_(bucket|count|sum)", ${ofSides(sides)}})`);
}

/** Several queries in one, so that all are of the same moment; each answer bears the name of its part. */
export function joinQueries(parts: Readonly<Record<string, string>>): string {
  // A query may end in a comment, hence the new lines.
  return Object.entries(parts)
    .map(([part, query]) => `label_replace((\n${query}\n), "${PART}", "${part}", "__name__", ".*")`)
    .join(" or ");
}

function withSignOfLife(query: string): string {
  return `${query} or ${SIGN_OF_LIFE}`;
}

function ofSides(sides: Sides): string {
  return `service=~"${servicePattern([...sides.withFlag, ...sides.without])}"`;
}
