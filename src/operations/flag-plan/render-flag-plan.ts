import type { FlagDefinition, Metric } from "../../model/catalog.ts";
import { formatDuration, formatMoment } from "../../model/moment.ts";
import { codeInCell, escapeMarkdown, fenced, table } from "../documents/markdown.ts";
import type { FlagStatus } from "../status/flag-status.ts";
import type { NextStep } from "../status/next-step.ts";
import type { Cohorts, FlagPlan, StagePlan, StepPlan } from "./flag-plan.ts";

const WARM = "Until the flag is settled, the variants without it keep running, so that going back waits for nothing.";

/** A flag's rollout plan as Markdown. What people wrote is shown as text, whatever it looks like. */
export function renderFlagPlan(plan: FlagPlan): string {
  const { flag, definition, at, stages } = plan;
  const parts = [
    `# Rollout plan of ${codeInCell(flag)}`,
    escapeMarkdown(definition.description),
    table(["what", "is"], aboutRows(plan)),
    `State and gates are as of ${formatMoment(at)}. A raise asks all gates again; the later stages wait for the earlier.`,
    "## Stages",
    table(["stage", "now", "next step", "each step is watched", "fully on before the next stage"], stages.map(overviewRow)),
    "## Metrics",
    metricsText(definition),
    ...stages.flatMap((stage) => stageParts(flag, definition, stage)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function aboutRows({ definition, dependents }: FlagPlan): [string, string][] {
  const { owner, expires, services, routes, requires, review, drill } = definition;
  const gated = Object.entries(routes).map(([name, { rule, service }]) => `${codeInCell(name)}: ${codeInCell(rule)} to ${codeInCell(service)}`);
  return [
    ["owner", escapeMarkdown(owner)],
    ["expires", `${escapeMarkdown(expires)}, the last day on which it may be raised`],
    ["services", listOf(services)],
    ["routes that exist only for it", gated.length === 0 ? "none" : gated.join("; ")],
    ["requires", listOf(requires)],
    ["required by", listOf(dependents)],
    ["review by someone else", review ? "yes, of each raise" : "no"],
    ["rehearsed rollback", drill === null ? "not asked for" : `not older than ${formatDuration(drill)} at a raise, from the second stage on`],
  ];
}

function overviewRow({ stage, deployed, status, watched, soak }: StagePlan): string[] {
  return [
    codeInCell(stage),
    nowText(deployed, status),
    status === null ? "not known" : nextText(status.next),
    formatDuration(watched),
    soak === 0 ? "no time" : formatDuration(soak),
  ];
}

function nowText(deployed: boolean | null, status: FlagStatus | null): string {
  if (status?.exposure == null) return deployed === false ? "not deployed" : "not known";
  const exposure = status.exposure === 0 ? "off" : status.exposure === 100 ? "on" : `${status.exposure} per cent`;
  return [exposure, status.kill === null ? "" : "killed", status.testers === true ? "testers" : "", status.settled ? "settled" : ""]
    .filter((word) => word !== "")
    .join(", ");
}

function nextText(next: NextStep): string {
  switch (next.kind) {
    case "full":
      return "none, it is fully on";
    case "removed":
      return "none, the catalogue has it no more";
    case "killed":
      return `revive ${codeInCell(next.subject)} first`;
    case "unknown":
      return escapeMarkdown(`not known: ${next.reason}`);
    case "allowed":
      return `${next.to} per cent: allowed${next.overridden.length === 0 ? "" : ", by an override"}`;
    case "refused":
      return `${next.to} per cent: refused`;
    default:
      return next satisfies never;
  }
}

function metricsText({ watch }: FlagDefinition): string {
  const rows = Object.entries(watch.metrics).map(([name, metric]) => [codeInCell(name), ...metricCells(metric)]);
  const { interval, patience, minimumRequests, falseAlarmRate } = watch;
  return [
    table(["metric", "bad is", "limit", "against the variant without it"], rows),
    `Looked at every ${formatDuration(interval)}, from ${minimumRequests} requests on either side on. Without facts a step holds, for ${formatDuration(patience)} at most. A flag that changes nothing is rolled back with a probability of at most ${falseAlarmRate}.`,
  ].join("\n\n");
}

function metricCells(metric: Metric): [string, string, string] {
  switch (metric.kind) {
    case "error-ratio":
      return ["an answer with status 500 or above", limitText(metric.limit), yesNo(metric.compare)];
    case "latency":
      return [`an answer slower than ${metric.limit} s`, limitText(Number((1 - metric.quantile).toFixed(9))), yesNo(metric.compare)];
    case "ratio":
      return [`${codeInCell(metric.bad)} of ${codeInCell(metric.total)}`, limitText(metric.limit), yesNo(metric.compare)];
    case "value":
      return [codeInCell(metric.query), `from ${metric.min ?? "any"} to ${metric.max ?? "any"}, ${metric.failures} times in a row`, "no"];
    default:
      return metric satisfies never;
  }
}

function limitText(limit: number | null): string {
  return limit === null ? "none" : `a share of ${limit}`;
}

function yesNo(yes: boolean): string {
  return yes ? "yes" : "no";
}

function stageParts(flag: string, definition: FlagDefinition, stage: StagePlan): string[] {
  return [
    `## ${escapeMarkdown(stage.stage)}`,
    ...(stage.fault === null ? [] : [`What is missing here: ${escapeMarkdown(stage.fault)}`]),
    ...(stage.freezes.length === 0 ? [] : [`Freezes that hold here at times: ${stage.freezes.map(escapeMarkdown).join(", ")}.`]),
    ...(stage.steps.length === 0 ? [] : [whoText(stage), table(["step", "visitors"], stage.steps.map(stepRow)), WARM]),
    ...gateParts(stage.status),
    ...(stage.criteria.length === 0
      ? []
      : [
          "Success is:",
          table(
            ["measure", "threshold", "ask"],
            stage.criteria.map(({ measure, threshold, ask }) => [escapeMarkdown(measure), threshold, codeInCell(ask.text)]),
          ),
        ]),
    "Commands:",
    fenced(commands(flag, definition, stage).join("\n"), "sh"),
  ];
}

function whoText({ assumed: { revived, raised } }: StagePlan): string {
  const assumed = [
    ...(revived.length === 0 ? [] : [`${listOf(revived)} revived, which a kill keeps off now`]),
    ...(raised.length === 0 ? [] : [`${listOf(raised)}, which it requires, as far on`]),
  ];
  return `Who sees what, at each step${assumed.length === 0 ? "" : `, with ${assumed.join(", and ")}`}:`;
}

/** Services that show the same stand together. */
function stepRow({ exposure, seen }: StepPlan): string[] {
  const groups = Map.groupBy(seen, ({ shares }) => shares.map(shareText).join("; "));
  const texts = [...groups].map(([shares, services]) => `${services.map(({ service }) => codeInCell(service)).join(", ")}: ${shares}`);
  return [`${exposure}%`, texts.join("<br>")];
}

function shareText({ weight, flags }: Cohorts["shares"][number]): string {
  return `${weight}% ${flags.length === 0 ? "without any flag" : `with ${flags.map(codeInCell).join(", ")}`}`;
}

function gateParts(status: FlagStatus | null): string[] {
  if (status === null || (status.next.kind !== "allowed" && status.next.kind !== "refused")) return [];
  const { to, verdicts } = status.next;
  if (verdicts.length === 0) return [`No gate has anything to say of the step to ${to} per cent.`];
  const rows = verdicts.map(({ gate, fact, refusal }) => [gate, refusal === null ? "open" : "**shut**", escapeMarkdown(fact)]);
  return [`What the gates say now of the step to ${to} per cent:`, table(["gate", "is", "because"], rows)];
}

function commands(flag: string, { routes }: FlagDefinition, { stage, soak, assumed }: StagePlan): string[] {
  const at = `--stage ${stage}`;
  const lines: [string, string][] = [
    [`npx sluice promote ${flag} ${at}`, "by the steps above, each watched"],
    [`npx sluice rollback ${at} --flag ${flag}`, "this flag back, with proof"],
    [`npx sluice rollback ${at}`, "the whole stage back"],
    [`npx sluice kill ${flag} ${at} --reason "why"`, "off at once"],
    ...Object.keys(routes).map((route): [string, string] => [`npx sluice kill ${flag}/${route} ${at} --reason "why"`, "this route alone"]),
    ...(assumed.revived.length === 0 ? [flag] : assumed.revived).map((subject): [string, string] => [
      `npx sluice revive ${subject} ${at} --reason "why"`,
      "ends a kill",
    ]),
    [`npx sluice settle ${flag} ${at}`, soak === 0 ? "at the end" : `at the end, after ${formatDuration(soak)} fully on`],
  ];
  const width = Math.max(...lines.map(([command]) => command.length));
  return lines.map(([command, purpose]) => `${command.padEnd(width)}  # ${purpose}`);
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map(codeInCell).join(", ");
}
