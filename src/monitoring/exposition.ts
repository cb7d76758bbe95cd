import { FACTS, type FactName } from "./facts.ts";

/** One value of a fact. */
export interface FactSample {
  readonly fact: FactName;
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds, ratios and counts as the fact's name says. */
  readonly value: number;
}

/**
 * Facts in Prometheus' text format, version 0.0.4, each family once with its help and type; one without samples is left out.
 * See https://prometheus.io/docs/instrumenting/exposition_formats/.
 */
export function exposeFacts(samples: readonly FactSample[]): string {
  const families = Map.groupBy(samples, (sample) => sample.fact);
  const lines = Object.entries(FACTS).flatMap(([key, { name, type, help }]) => {
    const own = [...families].find(([fact]) => fact === key)?.[1] ?? [];
    if (own.length === 0) return [];
    return [
      `# HELP ${name} ${escapeHelp(help)}`,
      `# TYPE ${name} ${type}`,
      ...own.map(({ labels, value }) => `${name}${inBraces(labels)} ${numberText(value)}`),
    ];
  });
  return `${lines.join("\n")}\n`;
}

function inBraces(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(",")}}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"').toWellFormed();
}

/** Prometheus writes the infinities with a sign and without their name's end. */
function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}
