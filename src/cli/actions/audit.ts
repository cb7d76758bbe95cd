import Table from "cli-table3";
import { nearest } from "../../model/fault.ts";
import type { Entry } from "../../operations/audit/entry.ts";
import { type ReadAudit, readAudit } from "../../operations/audit/read-audit.ts";
import { OperationError } from "../../operations/errors.ts";
import { change } from "../../operations/notify/describe.ts";
import { catalogOf, type Project, readProject, stagesOf } from "../../operations/project.ts";
import { renderDurations } from "../duration-text.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";
import { printable } from "../printable.ts";
import { paint } from "../style.ts";

export interface AuditOptions {
  readonly stage: string;
  readonly json?: true;
  /** Only entries of this flag and its routes. */
  readonly flag?: string;
  /** How many, the newest. */
  readonly limit?: number;
}

/** Verifies a stage's audit and prints it, the newest entry first. @returns 6 where the chain does not hold */
export async function audit(root: string, options: AuditOptions): Promise<number> {
  const project = await readProject(root);
  const known = stagesOf(project);
  if (!known.includes(options.stage)) throw new OperationError("config", `There is no stage ${options.stage}; the catalogue has ${known.join(", ")}.`);
  const read = await readAudit(project, options.stage);
  const entries = select(project, read, options);
  const { path, head, faults, notCompared } = read;
  if (options.json === true) printJson({ stage: options.stage, path, holds: faults.length === 0, head, faults, notCompared, entries });
  else process.stdout.write(renderAudit(options.stage, read, entries));
  return read.faults.length === 0 ? EXIT.ok : EXIT.unproven;
}

/** @throws OperationError where neither the catalogue nor the audit knows the flag */
function select(project: Project, read: ReadAudit, { flag, limit }: AuditOptions): Entry[] {
  const newestFirst = read.entries.toReversed();
  if (flag === undefined) return newestFirst.slice(0, limit);
  const own = newestFirst.filter(({ subject }) => subject !== null && flagOf(subject) === flag);
  if (own.length === 0) {
    const flags = new Set([
      ...Object.keys(catalogOf(project, {}).flags),
      ...read.entries.flatMap(({ subject }) => (subject === null ? [] : [flagOf(subject)])),
    ]);
    if (!flags.has(flag)) {
      const near = nearest(flag, flags);
      const wayOut = near === null ? `known are ${[...flags].sort().join(", ")}` : `did you mean ${near}?`;
      throw new OperationError("config", `--flag ${flag} is in neither the catalogue nor the audit; ${wayOut}`);
    }
  }
  return own.slice(0, limit);
}

function flagOf(subject: string): string {
  return subject.split("/")[0] ?? subject;
}

/** The entries as a table, then whether the chain holds, with every fault. */
function renderAudit(stage: string, read: ReadAudit, entries: readonly Entry[]): string {
  const lines = [...(entries.length === 0 ? [] : [renderEntries(entries)]), ...renderVerdict(stage, read)];
  if (read.notCompared !== null) lines.push(`not held against the stack's history: ${read.notCompared}`);
  return `${lines.join("\n")}\n`;
}

function renderEntries(entries: readonly Entry[]): string {
  const table = new Table({ head: ["#", "when", "who", "what", "from → to", "result", "took"], style: { head: [], border: [] } });
  for (const entry of entries) {
    const what = entry.subject === null ? entry.operation : `${entry.operation} ${entry.subject}`;
    const cells = [`${entry.at.slice(0, 19)}Z`.replace("T", " "), entry.by, what, change(entry.from, entry.to), entry.result, renderDurations(entry.durations)];
    table.push([entry.sequence, ...cells.map(printable)]);
  }
  return table.toString();
}

function renderVerdict(stage: string, { entries, head, faults, path }: ReadAudit): string[] {
  if (faults.length > 0) {
    const lines = faults.map(({ line, text }) => printable(`  ${line === null ? "" : `line ${line}: `}${text}`));
    return [paint("bad", `${stage}: the audit does NOT hold: ${path}`), ...lines];
  }
  if (head === null) return [`${stage}: nothing is in the audit yet`];
  return [`${stage}: the chain of ${entries.length} ${entries.length === 1 ? "entry" : "entries"} holds; newest: ${head.sequence} ${head.hash}`];
}
