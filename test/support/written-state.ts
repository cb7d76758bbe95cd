import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { type EntryDraft, writeEntry } from "../../src/operations/audit/entry.ts";
import { chain } from "./audit.ts";
import { catalogInput, localInput } from "./model.ts";

/** One update as the file backend would have kept it. */
export interface WrittenUpdate {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly at: Date;
  /** Seconds that it took. */
  readonly took?: number;
  readonly result?: "succeeded" | "failed";
  readonly kind?: "update" | "destroy";
  readonly author?: string;
  readonly message?: string;
}

const CATALOG_KEY = "sluice:catalog";

/** Writes the project file. */
export async function writeProject(root: string, catalog: unknown = catalogInput()): Promise<void> {
  const file = { name: "sluice", backend: { url: "file://./.state" }, config: { [CATALOG_KEY]: { value: catalog } } };
  await writeFile(join(root, "Pulumi.yaml"), stringify(file));
}

/** Writes a stage's file. @param settings without their namespace */
export async function writeStackFile(root: string, stage: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  await writeFile(join(root, `Pulumi.${stage}.yaml`), stringify({ config: namespaced(settings) }));
}

/** Writes a stage's whole history, the oldest first. */
export async function writeHistory(root: string, stage: string, updates: readonly WrittenUpdate[], catalog: unknown = catalogInput()): Promise<void> {
  const folder = join(root, ".state", ".pulumi", "history", "sluice", stage);
  await mkdir(folder, { recursive: true });
  for (const [index, { settings, at, took = 2, result = "succeeded", kind = "update", author, message = "" }] of updates.entries()) {
    const endTime = at.getTime() / 1000;
    const entry = {
      kind,
      result,
      message,
      startTime: endTime - took,
      endTime,
      environment: author === undefined ? {} : { "git.author": author, "git.author.email": `${author}@example.org` },
      resourceChanges: { update: 1 },
      config: { ...namespaced(settings), [CATALOG_KEY]: catalog },
    };
    await writeFile(join(folder, `${stage}-${index + 1}.history.json`), JSON.stringify(entry));
  }
}

/** Writes what a stage runs now: its record. */
export async function writeRecord(
  root: string,
  stage: string,
  exposures: Readonly<Record<string, number>>,
  since: Readonly<Record<string, string>>,
): Promise<void> {
  const content = JSON.stringify({ exposures, permitted: exposures, settled: [] });
  const resources = [{ urn: `urn:pulumi:${stage}::sluice::x::stage.json`, type: "sluice-local:index:RecordFile", outputs: { content, since } }];
  await writeCheckpoint(root, stage, JSON.stringify({ checkpoint: { latest: { resources } } }));
}

/** Writes the file of a stage's state. */
export async function writeCheckpoint(root: string, stage: string, text: string): Promise<void> {
  const folder = join(root, ".state", ".pulumi", "stacks", "sluice");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${stage}.json`), text);
}

/** Writes an empty state for each of a stage's updates. */
export async function writeCheckpoints(root: string, stage: string, updates: number): Promise<void> {
  const folder = join(root, ".state", ".pulumi", "history", "sluice", stage);
  const text = JSON.stringify({ checkpoint: { latest: { resources: [] } } });
  await Promise.all(Array.from({ length: updates }, (_, index) => writeFile(join(folder, `${stage}-${index + 1}.checkpoint.json`), text)));
}

/** Writes a stage's audit. */
export async function writeAudit(root: string, stage: string, drafts: readonly EntryDraft[]): Promise<void> {
  const folder = join(root, ".state", ".sluice-audit", "sluice");
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, `${stage}.jsonl`),
    chain(drafts)
      .map((entry) => `${writeEntry(entry)}\n`)
      .join(""),
  );
}

function namespaced(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries({ local: localInput(), ...settings });
  return Object.fromEntries(entries.map(([key, value]) => [`sluice:${key}`, value]));
}
