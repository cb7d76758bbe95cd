import Table from "cli-table3";
import { nearest } from "../../model/fault.ts";
import { formatDuration } from "../../model/moment.ts";
import type { RolloutDurations } from "../../operations/audit/durations.ts";
import { readEntries } from "../../operations/audit/read-entries.ts";
import { OperationError } from "../../operations/errors.ts";
import { type Effect, readHistory, tellEffects } from "../../operations/history.ts";
import { joinAudit, type RecordedHistory, type RecordedUpdate } from "../../operations/join-audit.ts";
import { flagNamesOf, type Project, readProject } from "../../operations/project.ts";
import { renderDurations } from "../duration-text.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";
import { printable } from "../printable.ts";
import { shortWho } from "../who-text.ts";

/** Characters of a name in the table; the rest is in `--json`. */
const LONGEST_NAME = 24;

export interface HistoryOptions {
  readonly stage: string;
  /** How many, the newest. */
  readonly limit: number;
  /** Only updates that did something to this flag. */
  readonly flag?: string;
  readonly json?: true;
}

/** Prints the newest updates of a stage, the newest first, with who made them and how long they took. */
export async function history(root: string, { stage, limit, flag, json }: HistoryOptions): Promise<number> {
  const project = await readProject(root);
  const told = tellEffects(project, stage, await readHistory(project, stage));
  const selected = flag === undefined ? told : selectFlag(project, told, flag);
  const { entries, warning } = await readEntries(project, stage);
  if (warning !== null) process.stderr.write(`${warning}\n`);
  const recorded = joinAudit(selected.toReversed().slice(0, limit), entries);
  if (json === true) printJson({ stage, updates: recorded.updates.map(withoutConfig), promotions: recorded.rollouts });
  else process.stdout.write(renderHistory(recorded));
  return EXIT.ok;
}

/** @throws OperationError where neither the catalogue nor the history knows the flag */
function selectFlag(project: Project, told: readonly Effect[], flag: string): Effect[] {
  const own = told.filter(({ flags }) => flags.includes(flag));
  const known = new Set([...flagNamesOf(project), ...told.flatMap(({ flags }) => flags)]);
  if (own.length > 0 || known.has(flag)) return own;
  const near = nearest(flag, known);
  const wayOut = near === null ? `known are ${[...known].sort().join(", ")}` : `did you mean ${near}?`;
  throw new OperationError("config", `--flag ${flag} is in neither the catalogue nor the history; ${wayOut}`);
}

/** A whole config is no line of a history; secrets stand in it, if encrypted. */
function withoutConfig({ update, effects, flags, by, took, step }: RecordedUpdate): object {
  const { number, kind, succeeded, changedResources, startedAt, endedAt, message } = update;
  return { number, kind, succeeded, changedResources, startedAt, endedAt, took, by, message, effects, flags, step };
}

/** The updates as a table, then one line for each promotion among them. */
export function renderHistory({ updates, rollouts }: RecordedHistory): string {
  if (updates.length === 0) return "No update did anything to it.\n";
  const table = new Table({ head: ["#", "when", "what", "result", "effect", "took", "who", "message"], style: { head: [], border: [] } });
  for (const { update, effects, by, took, step } of updates) {
    const when = update.endedAt.toISOString().slice(0, 19).replace("T", " ").concat("Z");
    const spent = step?.durations == null ? formatDuration(took) : renderDurations(step.durations);
    const outcome = step === null || step.result === "done" ? spent : `${spent}\n${step.result}`;
    const message = printable(firstLine(update.message));
    table.push([update.number, when, update.kind, update.succeeded ? "ok" : "failed", effects.join("\n"), outcome, shortWho(by, LONGEST_NAME), message]);
  }
  return `${[table.toString(), ...rollouts.toReversed().map(renderRollout)].join("\n")}\n`;
}

/** Such as `promotion of MY_FLAG by ann: done, 2.9 s + 1 min waiting in 3 steps`. */
function renderRollout({ flag, by, result, steps, total }: RolloutDurations): string {
  const name = printable(`${flag ?? "the stage"} by ${by}`);
  return `promotion of ${name}: ${result ?? "not ended"}, ${renderDurations(total)} in ${steps.length} ${steps.length === 1 ? "step" : "steps"}`;
}

function firstLine(message: string): string {
  const [line = ""] = message.split("\n");
  return line.length > 50 ? `${line.slice(0, 49)}…` : line;
}
