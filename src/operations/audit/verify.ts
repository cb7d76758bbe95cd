import { type Entry, type Link, readLine } from "./entry.ts";

/** Something in an audit that is not as it was written. */
export interface AuditFault {
  readonly kind: "torn" | "no-json" | "no-entry" | "changed" | "other-stage" | "removed" | "replaced" | "reordered" | "inserted" | "sequence" | "unrecorded";
  /** Line of the file, from 1; null where no line is there to point at. */
  readonly line: number | null;
  readonly text: string;
}

export interface VerifiedAudit {
  /** Everything that can be read as an entry, in the file's order, faulty ones too. */
  readonly entries: readonly Entry[];
  readonly faults: readonly AuditFault[];
  /** The newest entry: kept elsewhere, its hash shows whether everything up to it is still as it was. */
  readonly head: Link | null;
}

interface Placed {
  readonly line: number;
  readonly entry: Entry;
}

/**
 * Reads the text of a stage's audit and finds every fault of its chain. A chain that was written anew from
 * some entry on, or that lacks its newest entries, holds in itself: see `findUnrecorded`, and keep `head`.
 */
export function verifyAudit(text: string, stage: string): VerifiedAudit {
  const { placed, faults } = readLines(text, stage);
  const bySequence = Map.groupBy(placed, ({ entry }) => entry.sequence);
  faults.push(...findForeign(bySequence), ...findReordered(placed), ...findBroken(bySequence));
  faults.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const newest = placed.reduce<Entry | null>((best, { entry }) => (best === null || entry.sequence > best.sequence ? entry : best), null);
  return { entries: placed.map(({ entry }) => entry), faults, head: newest === null ? null : { sequence: newest.sequence, hash: newest.hash } };
}

function readLines(text: string, stage: string): { readonly placed: Placed[]; readonly faults: AuditFault[] } {
  const placed: Placed[] = [];
  const faults: AuditFault[] = [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    const read = readLine(content);
    if (read.kind === "entry") {
      placed.push({ line, entry: read.entry });
      if (!read.intact) faults.push({ kind: "changed", line, text: `entry ${read.entry.sequence} was changed: its hash is that of another text` });
      else if (read.entry.stage !== stage) faults.push({ kind: "other-stage", line, text: `entry ${read.entry.sequence} is of the stage ${read.entry.stage}` });
    } else if (read.kind === "no-json" && content.startsWith("{") && !content.endsWith("}")) {
      faults.push({ kind: "torn", line, text: "the line is torn: it was cut short, or its process died, or the disk was full, while it was written" });
    } else {
      faults.push({ kind: read.kind, line, text: read.kind === "no-json" ? "the line is no JSON" : "the line is no entry of an audit" });
    }
  }
  return { placed, faults };
}

/** Of several entries in one place, the one that the next is chained to is genuine. */
function findForeign(bySequence: ReadonlyMap<number, readonly Placed[]>): AuditFault[] {
  return [...bySequence].flatMap(([sequence, rivals]) => {
    const genuine = genuineOf(bySequence, sequence);
    return rivals
      .filter((rival) => rival !== genuine)
      .map(({ line }) => ({ kind: "inserted" as const, line, text: `a second entry ${sequence} was inserted; the other is in line ${genuine?.line ?? "?"}` }));
  });
}

function genuineOf(bySequence: ReadonlyMap<number, readonly Placed[]>, sequence: number): Placed | undefined {
  const rivals = bySequence.get(sequence) ?? [];
  const links = (bySequence.get(sequence + 1) ?? []).map(({ entry }) => entry.previous);
  return rivals.find(({ entry }) => links.includes(entry.hash)) ?? rivals[0];
}

function findReordered(placed: readonly Placed[]): AuditFault[] {
  const faults: AuditFault[] = [];
  let highest = 0;
  for (const { line, entry } of placed) {
    if (entry.sequence < highest) faults.push({ kind: "reordered", line, text: `entry ${entry.sequence} stands after entry ${highest}` });
    highest = Math.max(highest, entry.sequence);
  }
  return faults;
}

/** Places where the chain does not reach from one entry to the next. */
function findBroken(bySequence: ReadonlyMap<number, readonly Placed[]>): AuditFault[] {
  const faults: AuditFault[] = [];
  let before: Placed | null = null;
  for (const sequence of [...bySequence.keys()].sort((a, b) => a - b)) {
    const placed = genuineOf(bySequence, sequence);
    if (placed === undefined) continue;
    const fault = findBreak(before, placed);
    if (fault !== null) faults.push(fault);
    before = placed;
  }
  return faults;
}

function findBreak(before: Placed | null, { line, entry }: Placed): AuditFault | null {
  const last = before?.entry.sequence ?? 0;
  const chained = entry.previous === (before?.entry.hash ?? null);
  if (entry.sequence === last + 1) {
    if (chained) return null;
    if (before === null) return { kind: "removed", line, text: "entry 1 is chained to an entry that is not there" };
    return { kind: "replaced", line: before.line, text: `entry ${last} was replaced: entry ${entry.sequence} is chained to another` };
  }
  if (chained) return { kind: "sequence", line, text: `entry ${entry.sequence} has a wrong number: it is chained to entry ${last}` };
  const missing = last + 1 === entry.sequence - 1 ? `entry ${last + 1} was` : `entries ${last + 1} to ${entry.sequence - 1} were`;
  return { kind: "removed", line, text: `${missing} removed before entry ${entry.sequence}` };
}
