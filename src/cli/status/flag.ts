import { formatDuration, formatMoment } from "../../model/moment.ts";
import type { FlagStatus } from "../../operations/status/flag-status.ts";
import type { NextStep } from "../../operations/status/next-step.ts";
import type { StageStatus, Status } from "../../operations/status/read-status.ts";
import { cellText } from "../matrix-text.ts";
import { printable } from "../printable.ts";
import { paint } from "../style.ts";
import { renderWho } from "../who-text.ts";
import { troublesOf } from "./troubles.ts";
import { exposureWords } from "./words.ts";

/** One flag in full: in each stage what it is, and every gate before its next step with what the gate found. */
export function renderFlag(flag: string, status: Status): string {
  const definition = status.definitions[flag];
  const about = definition === undefined ? "not in the catalogue" : `${definition.description} (owner ${definition.owner}, expires ${definition.expires})`;
  const stages = Object.entries(status.stages).map(([stage, own], index, all) => {
    const cell = own.flags[flag];
    const following = all[index + 1]?.[0] ?? null;
    const lines = cell === undefined ? [] : stageLines(stage, following, cell, own, status.at);
    return [`${paint("strong", stage)}: ${lines.join("\n  ")}`, ...troublesOf(stage, own).map(({ tone, text }) => `  ${paint(tone, text)}`)].join("\n");
  });
  const faults = status.catalogFault === null ? [] : [paint("bad", status.catalogFault)];
  return [`${paint("strong", flag)}: ${printable(about)}`, ...faults, ...stages].join("\n\n");
}

function stageLines(stage: string, following: string | null, cell: FlagStatus, { deployed }: StageStatus, now: Date): string[] {
  const { since, change, kill, routesTaken, pending, next } = cell;
  const age = since === null ? "" : ` for ${formatDuration(Math.max(0, now.getTime() - Date.parse(since)))}, since ${formatMoment(new Date(since))}`;
  const by = change === null || change.by === null ? "" : ` by ${renderWho(change.by)}`;
  return [
    `${exposureWords(cell, deployed)}${kill?.by === "standing" ? `; the state says ${cell.exposure ?? 0}%${age}` : age}`,
    ...(kill === null ? [] : [killWords(kill.subject, kill.by)]),
    ...(routesTaken.length === 0 ? [] : [`without the routes ${routesTaken.join(", ")}`]),
    ...(change === null ? [] : [`in update ${change.update}${by}, ${formatMoment(change.at)}`]),
    ...(pending === null ? [] : [`not applied: Pulumi.${stage}.yaml says ${cellText(pending)}; npx pulumi up --stack ${stage}`]),
    ...soakLines(cell, following),
    ...nextLines(stage, next),
  ];
}

function killWords(subject: string, by: "config" | "standing"): string {
  return `${subject} is killed ${by === "config" ? "by the config" : "without the engine; no update has taken it up yet"}`;
}

function soakLines({ soak }: FlagStatus, following: string | null): string[] {
  if (soak === null) return [];
  const opens = following === null ? "settling it here" : `${following}, and settling it here`;
  if (soak.left === 0) return [`soak of ${formatDuration(soak.needed)} is over: open to ${opens}`];
  if (soak.left === null || soak.overAt === null) return [`soak of ${formatDuration(soak.needed)}: it is not known since when the flag is fully on`];
  return [`soak of ${formatDuration(soak.needed)}: ${formatDuration(soak.left)} left, until ${formatMoment(soak.overAt)}, then open to ${opens}`];
}

function nextLines(stage: string, next: NextStep): string[] {
  switch (next.kind) {
    case "full":
      return ["next: there is no further step"];
    case "removed":
      return [`next: none, the catalogue has it no more; npx pulumi up --stack ${stage} takes it away`];
    case "killed":
      return [`next: killed: revive ${next.subject} first`];
    case "unknown":
      return [`next: cannot be said, because ${next.reason}`];
    case "allowed":
    case "refused": {
      const overridden = next.kind === "allowed" ? next.overridden.map(({ reason }) => `  overridden: ${printable(reason)}`) : [];
      const gates = next.verdicts.flatMap(({ gate, fact, refusal }) => [
        `  ${refusal === null ? paint("good", "open") : paint("bad", "shut")} ${gate}: ${printable(fact)}`,
        ...(refusal?.wayOut == null ? [] : refusal.wayOut.split("\n").map((way) => `       ${printable(way.trim())}`)),
      ]);
      return [`next: ${next.to}%, ${next.kind}`, ...gates, ...overridden];
    }
    default: {
      const never: never = next;
      return never;
    }
  }
}
