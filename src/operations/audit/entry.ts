import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../../plan/canonical.ts";
import { redact } from "./redact.ts";

/** What leaves an entry. A `step` is one step of a promotion, written as it ends. */
const OPERATIONS = ["promote", "step", "rollback", "kill", "revive", "settle", "drill", "approve"] as const;

/**
 * How it ended:
 * - `done`: as asked, and proven where that is its way
 * - `refused`: a gate or a rule said no; nothing was changed
 * - `held`: it waited for facts that did not come, and ended where it was
 * - `breached`: metrics or verification spoke against the variant
 * - `rolled-back`: a promotion that went back to what was before it
 * - `killed`: a promotion that took the kill path, because going back failed
 * - `unproven`: made, but the proof failed
 * - `interrupted`: ended by a signal, or because someone else changed the stage
 * - `failed`: for any other reason
 */
const RESULTS = ["done", "refused", "held", "breached", "rolled-back", "killed", "unproven", "interrupted", "failed"] as const;

const milliseconds = z.number().min(0);
/** A number is per cent of visitors; everything else is said in words, such as `update 7`. */
const position = z.union([z.number(), z.string()]).nullable();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const entrySchema = z.object({
  sequence: z.int().min(1),
  at: z.iso.datetime(),
  stage: z.string().min(1),
  operation: z.enum(OPERATIONS),
  run: z.string().min(1),
  subject: z.string().min(1).nullable(),
  by: z.string().min(1),
  reason: z.string().nullable(),
  from: position,
  to: position,
  gates: z.array(z.object({ gate: z.string().min(1), holds: z.boolean(), fact: z.string() })),
  result: z.enum(RESULTS),
  update: z.int().min(1).nullable(),
  durations: z.object({ active: milliseconds, waiting: milliseconds }).nullable(),
  details: z.json(),
  previous: hash.nullable(),
  hash,
});

/** One line of a stage's audit. */
export type Entry = Readonly<z.output<typeof entrySchema>>;
export type AuditResult = Entry["result"];

/** What an operation says of itself; the place in the chain is found as it is written. */
export interface EntryDraft {
  /** When it ended. */
  readonly at: Date;
  readonly stage: string;
  readonly operation: Entry["operation"];
  /** Names one run of a command: the same in a promotion, in its steps and in what it does to go back. */
  readonly run: string;
  /** A flag, `FLAG/route`, or null for the whole stage. */
  readonly subject: string | null;
  readonly by: string;
  readonly reason: string | null;
  readonly from: number | string | null;
  readonly to: number | string | null;
  readonly gates: readonly GateFact[];
  readonly result: AuditResult;
  /** The update in the stack's history that it made; null when it made none. */
  readonly update: number | null;
  readonly durations: Durations | null;
  /** Figures and steps, as plain JSON. */
  readonly details: unknown;
}

export interface GateFact {
  readonly gate: string;
  readonly holds: boolean;
  readonly fact: string;
}

/** Work and waiting apart, in milliseconds. */
export interface Durations {
  readonly active: number;
  readonly waiting: number;
}

/** Where an entry is chained to. */
export type Link = Pick<Entry, "sequence" | "hash">;

/**
 * Gives a draft its place after another entry; null for the first of a file.
 * @param secrets texts that must not get in
 * @throws ZodError when it is no entry
 */
export function sealEntry(draft: EntryDraft, last: Link | null, secrets: readonly string[] = []): Entry {
  const placed = { ...draft, details: draft.details ?? null, sequence: (last?.sequence ?? 0) + 1, previous: last?.hash ?? null };
  const plain = z.looseObject({}).parse(redact(JSON.parse(canonicalJson(placed)), secrets));
  return entrySchema.parse({ ...plain, hash: hashOf(plain) });
}

/** The text of one line of the file, without its end. */
export function writeEntry(entry: Entry): string {
  return canonicalJson(entry);
}

/** What a line of the file holds: an entry, whether it is byte for byte as it was written, or why it is none. */
export type Line = { readonly kind: "entry"; readonly entry: Entry; readonly intact: boolean } | { readonly kind: "no-json" | "no-entry" };

export function readLine(line: string): Line {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: "no-json" };
  }
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success || typeof value !== "object" || value === null) return { kind: "no-entry" };
  return { kind: "entry", entry: parsed.data, intact: canonicalJson(value) === line && hashOf(value) === parsed.data.hash };
}

/** SHA-256, in hexadecimal, over the canonical JSON of all but the hash itself. */
function hashOf(value: object): string {
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => key !== "hash"));
  return createHash("sha256").update(canonicalJson(rest)).digest("hex");
}
