import { alertProse } from "./alert-text.ts";
import { ALERTS, type Alert } from "./alerts.ts";
import { FACTS } from "./facts.ts";
import { formatPromDuration } from "./promql.ts";
import { RECORDED_MEANINGS } from "./recording-rules.ts";
import { STANDARD_TIMING } from "./timing.ts";

/** The generated part of docs/monitoring.md: every alert with what it means and what to do, from what the rules themselves are made of; then every signal. */
export function monitoringTables(): string {
  return [
    "## Alerts",
    "",
    table(["alert", "severity", "about", "after"], ALERTS.map(alertRow)),
    "",
    ...ALERTS.flatMap(alertSection),
    "## Signals",
    "",
    "### Error budget windows",
    "",
    "From the Google SRE workbook, chapter *Alerting on SLOs*, for a period of 30 days; an alert wants both windows of a pair to burn faster than the factor.",
    "",
    table(
      ["severity", "long window", "short window", "factor"],
      STANDARD_TIMING.burn.map(({ severity, long, short, factor }) => [severity, formatPromDuration(long), formatPromDuration(short), String(factor)]),
    ),
    "",
    "### Recorded from Traefik's metrics",
    "",
    "`side` is `with` or `without`: the variants that have the flag on, or not.",
    "",
    table(
      ["series", "labels", "meaning"],
      RECORDED_MEANINGS.map(({ name, labels, meaning }) => [`\`${name}\``, labels, meaning]),
    ),
    "",
    "### From `sluice metrics`",
    "",
    table(
      ["metric", "labels", "meaning"],
      Object.values(FACTS).map(({ name, labels, help }) => [`\`${name}\``, labels.join(", "), help]),
    ),
  ].join("\n");
}

function alertRow(alert: Alert): string[] {
  const holds = alert.holdsFor(STANDARD_TIMING);
  return [`[${alert.name}](#${alert.name.toLowerCase()})`, alert.severity, aboutOf(alert), holds === 0 ? "at once" : formatPromDuration(holds)];
}

function aboutOf({ subject }: Alert): string {
  switch (subject) {
    case "service":
      return "a flag on a service";
    case "flag":
      return "a flag";
    case "stage":
      return "a stage";
    default:
      return subject satisfies never;
  }
}

function alertSection(alert: Alert): string[] {
  return [
    `### ${alert.name}`,
    "",
    `*${alertProse(alert.summary)}*`,
    "",
    alertProse(alert.means),
    "",
    ...alert.steps.map((step, index) => `${index + 1}. ${alertProse(step)}`),
    "",
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
