import { formatDuration } from "../../model/moment.ts";
import type { Entry } from "../../operations/audit/entry.ts";
import type { Difference, DrillLine, FlagDetail, FlagUpdate } from "../../operations/board/board.ts";
import { change } from "../../operations/notify/describe.ts";
import { renderDurations } from "../duration-text.ts";
import { renderWho } from "../who-text.ts";
import { type Markup, markup } from "./markup.ts";
import { part } from "./part.ts";
import { lines, moment, older, table } from "./table.ts";

/** What was written down of a flag: updates with their differences, audit entries, rehearsed rollbacks. */
export function records({ flag, stages, updates, audit, drills }: FlagDetail): Markup {
  const toDrill = `None yet: npx sluice drill --stage ${stages[0]?.stage ?? ""}`;
  return markup`${part(flag, "history", "History", listed("History", UPDATE_HEAD, updates.map(updateRow), "No update did anything to it."))}${part(
    flag,
    "drills",
    "Rehearsed rollbacks",
    listed("Rehearsed rollbacks", DRILL_HEAD, drills.map(drillRow), toDrill),
  )}${part(flag, "audit", "Audit", listed("Audit", ENTRY_HEAD, audit.map(entryRow), "Nothing is in the audit of it yet."))}`;
}

/** Rows that show at once; older ones are there to be opened. */
const SHOWN = 6;

const UPDATE_HEAD = ["stage", "#", "when", "result", "effect", "difference in config", "who", "took"];
const DRILL_HEAD = ["stage", "when", "result", "back and forth", "last answer of the old", "lost", "who"];
const ENTRY_HEAD = ["stage", "when", "what", "from → to", "result", "gates and reason", "who", "took"];

function listed(name: string, head: readonly string[], rows: readonly (readonly (Markup | string)[])[], none: string): Markup {
  if (rows.length === 0) return markup`<p class="empty">${none}</p>`;
  const rest = rows.slice(SHOWN);
  return markup`${table(name, head, rows.slice(0, SHOWN))}${older(rest.length, name, () => table(`${name}, older`, head, rest))}`;
}

function updateRow({ stage, number, kind, succeeded, at, took, by, message, effects, differences }: FlagUpdate): (Markup | string)[] {
  const result = kind === "update" ? outcome(succeeded, succeeded ? "ok" : "failed") : outcome(succeeded, `${kind}, ${succeeded ? "ok" : "failed"}`);
  return [
    stage,
    String(number),
    moment(at),
    result,
    lines(message === "" ? effects : [...effects, `“${message}”`]),
    differences.length === 0 ? "none" : markup`${differences.map(difference)}`,
    renderWho(by),
    formatDuration(took),
  ];
}

function difference({ path, before, after }: Difference): Markup {
  return markup`<p class="difference"><code>${path}</code><br />${before === null ? "" : markup`<del><span class="sr">was </span>${before}</del> `}${
    after === null ? markup`<span class="aside">taken away</span>` : markup`<ins><span class="sr">is </span>${after}</ins>`
  }</p>`;
}

function drillRow({ stage, at, by, passed, why, from, to, lastOld, requests, lost }: DrillLine): (Markup | string)[] {
  return [
    stage,
    moment(at),
    markup`${outcome(passed, passed ? "passed" : "not passed")}${lines(why)}`,
    `update ${from} → ${to}`,
    lastOld === null ? "not measured" : `${lastOld.toFixed(2)} s`,
    `${lost} of ${requests}`,
    by,
  ];
}

function entryRow({ stage, at, operation, subject, from, to, result, gates, reason, by, durations }: Entry): (Markup | string)[] {
  const route = subject?.includes("/") === true ? ` ${subject}` : "";
  const facts = [...gates.map(({ gate, holds, fact }) => `${holds ? "✓" : "✕"} ${gate}: ${fact}`), ...(reason === null ? [] : [`reason: ${reason}`])];
  return [
    stage,
    moment(new Date(at)),
    `${operation}${route}`,
    change(from, to),
    outcome(result === "done", result),
    lines(facts),
    by,
    renderDurations(durations),
  ];
}

function outcome(good: boolean, words: string): Markup {
  return markup`<span class="${good ? "tone-good" : "tone-bad"}"><span aria-hidden="true">${good ? "✓" : "✕"}</span> ${words}</span>`;
}
