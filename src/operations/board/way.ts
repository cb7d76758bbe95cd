import { formatDuration } from "../../model/moment.ts";
import type { Entry } from "../audit/entry.ts";
import { names } from "../audit/who-made.ts";
import { change } from "../notify/describe.ts";
import type { DrillLine, FlagDetail, FlagUpdate, Happening } from "./board.ts";

type Facts = Pick<FlagDetail, "flag" | "definition" | "stages" | "updates" | "audit" | "drills">;

/** A flag's way through the stages: what happened and what is due, the newest first. @param now decides what of its settings is due */
export function tellWay({ flag, definition, stages, updates, audit, drills }: Facts, now: Date): Happening[] {
  const expiry = definition === null ? [] : [dated("expiry", endOf(definition.expires), null, `expires on ${definition.expires}`)];
  const soaks = stages.flatMap(({ stage, status }) => {
    const soak = status?.soak;
    if (soak?.overAt == null) return [];
    const tense = soak.overAt > now ? "ends" : "ended";
    return [dated("soak", soak.overAt, stage, `soak of ${formatDuration(soak.needed)} ${tense}`)];
  });
  const own = audit.filter((entry) => entry.operation !== "drill" && !updates.some((update) => update.stage === entry.stage && isOf(entry, update)));
  const all = [...updates.map((update) => tellUpdate(flag, update, audit)), ...own.map(tellEntry), ...drills.map(tellDrill), ...soaks, ...expiry];
  return all.sort((a, b) => b.at.getTime() - a.at.getTime());
}

/** An entry that has an update is told with it. */
function isOf(entry: Entry, update: FlagUpdate): boolean {
  return names(entry, { number: update.number, endedAt: update.at });
}

function tellUpdate(flag: string, update: FlagUpdate, audit: readonly Entry[]): Happening {
  const { stage, number, succeeded, at, by, from, to, effects } = update;
  const entry = audit.find((one) => one.stage === stage && isOf(one, update));
  const operation = entry === undefined ? [] : [entryText(entry)];
  const reason = entry?.reason == null ? [] : [`reason: ${entry.reason}`];
  const base = { at, stage, by, update: number };
  if (!succeeded) return { ...base, kind: "failed", text: "update failed", details: [...effects, ...operation, ...reason], amiss: true };
  const amiss = entry !== undefined && entry.result !== "done";
  const moved = from !== null && to !== null && from !== to;
  if (!moved) return { ...base, kind: "changed", text: effects.join(", "), details: [...operation, ...reason], amiss };
  // What the title says is not said again.
  const further = effects.filter((effect) => effect !== `${flag} ${from}% -> ${to}%`);
  return { ...base, kind: to > from ? "raised" : "lowered", text: `${from}% → ${to}%`, details: [...further, ...operation, ...reason], amiss };
}

function tellEntry(entry: Entry): Happening {
  const { at, stage, by, reason, from, to, result, gates } = entry;
  const shut = gates.filter(({ holds }) => !holds).map(({ gate, fact }) => `${gate}: ${fact}`);
  const details = [change(from, to), ...(reason === null ? [] : [`reason: ${reason}`]), ...shut].filter((text) => text !== "");
  return {
    kind: "operation",
    at: new Date(at),
    stage,
    text: entryText(entry),
    details,
    by: { name: by, source: "audit" },
    update: entry.update,
    amiss: result !== "done",
  };
}

/** Such as `step: done`, or `kill AGENT_ENABLED/agent: done` where it was not the flag as a whole. */
function entryText({ operation, subject, result }: Entry): string {
  return `${operation}${subject?.includes("/") === true ? ` ${subject}` : ""}: ${result}`;
}

function tellDrill({ at, stage, by, passed, why, from, to }: DrillLine): Happening {
  return {
    kind: "drill",
    at,
    stage,
    text: passed ? `rollback rehearsed: update ${from} back to ${to}` : `rehearsed rollback did not pass: update ${from} back to ${to}`,
    details: why,
    by: { name: by, source: "audit" },
    update: null,
    amiss: !passed,
  };
}

function dated(kind: "soak" | "expiry", at: Date, stage: string | null, text: string): Happening {
  return { kind, at, stage, text, details: [], by: null, update: null, amiss: false };
}

/** The end of a day of ISO 8601, in UTC. */
function endOf(day: string): Date {
  return new Date(`${day}T23:59:59Z`);
}
