import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Model } from "../config/parse.ts";
import { type FoundEffect, findEffects, renderEffects } from "../plan/effects.ts";
import { OperationError } from "./errors.ts";
import { modelOrNull, type Project } from "./project.ts";
import { parseJson, stateFolder } from "./state-files.ts";

/** One entry of a stack's history. */
export interface Update {
  /** 1 for the oldest; the file backend itself gives every update the version 0. */
  readonly number: number;
  readonly kind: string;
  readonly succeeded: boolean;
  /** Whether it did anything to a resource before it ended. */
  readonly changedResources: boolean;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly message: string;
  /** The author of the commit that was checked out, by e-mail where that is known; null outside of version control. The backend does not keep who ran it. */
  readonly by: string | null;
  /** The whole config of that update, project and stack, keys with their namespace. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly checkpointPath: string;
}

/** An update told by what it did to flags. */
export interface Effect {
  readonly update: Update;
  readonly effects: readonly string[];
  /** The flags that it did something to, sorted; none where its config cannot be read any more. */
  readonly flags: readonly string[];
}

/** Seconds since 1970 that a Date can hold. */
const moment = z.number().min(0).max(8.64e12);

const historyFile = z.looseObject({
  kind: z.string(),
  result: z.string(),
  startTime: moment.optional(),
  endTime: moment,
  resourceChanges: z.record(z.string(), z.number()).nullish(),
  message: z.string().default(""),
  environment: z.record(z.string(), z.string()).nullish(),
  config: z.record(z.string(), z.unknown()).nullish(),
});

const WAY_OUT = "docs/state.md says what to do with an entry that cannot be read.";

/** Reads a stack's updates, oldest first. @throws OperationError where there are none */
export async function readHistory(project: Project, stage: string): Promise<Update[]> {
  const folder = join(stateFolder(project), "history", project.name, stage);
  const names = await readdir(folder).catch(() => []);
  const entries = names.filter((name) => name.endsWith(".history.json")).sort(byTime);
  if (entries.length === 0) throw new OperationError("missing", `The stack ${stage} has no history yet. First: pulumi up --stack ${stage}`);
  const shared = sharing();
  return Promise.all(
    entries.map(async (name, index) => {
      const path = join(folder, name);
      const entry = historyFile.safeParse(parseJson(path, await readFile(path, "utf8"), WAY_OUT));
      if (!entry.success) throw new OperationError("engine", `${path} is no history entry; ${WAY_OUT}`);
      const { kind, result, startTime, endTime, message, environment, config, resourceChanges } = entry.data;
      return {
        number: index + 1,
        kind,
        succeeded: result === "succeeded",
        changedResources: Object.entries(resourceChanges ?? {}).some(([change, count]) => change !== "same" && count > 0),
        startedAt: new Date((startTime ?? endTime) * 1000),
        endedAt: new Date(endTime * 1000),
        message,
        by: environment?.["git.author.email"] ?? environment?.["git.author"] ?? null,
        config: Object.fromEntries(Object.entries(config ?? {}).map(([key, value]) => [key, shared(value)])),
        checkpointPath: path.replace(/\.history\.json$/, ".checkpoint.json"),
      };
    }),
  );
}

/** Gives for a value the first one that was equal to it: most of a config stays, such as the catalogue, and need not be read again. */
function sharing(): (value: unknown) => unknown {
  const known = new Map<string, unknown>();
  return (value) => {
    if (typeof value !== "object" || value === null) return value;
    const text = JSON.stringify(value);
    const first = known.get(text) ?? value;
    known.set(text, first);
    return first;
  };
}

/** The number of the newest update that a person or an operation made; 0 where there is none. Clearing up after a killed one is none. */
export function newestChange(history: readonly Update[]): number {
  return history.findLast(({ kind }) => kind !== "refresh")?.number ?? 0;
}

/** The update whose state a stage runs: the newest that succeeded and applied a config; undefined where it was destroyed, or never made. */
export function lastApplied(history: readonly Update[]): Update | undefined {
  const last = history.findLast(({ succeeded, kind }) => succeeded && (kind === "update" || kind === "destroy"));
  return last?.kind === "update" ? last : undefined;
}

/** The number of the newest update with a message: one's own, whoever came after; 0 where there is none. */
export function numberOf(history: readonly Update[], message: string): number {
  return history.findLast((update) => update.message === message)?.number ?? 0;
}

/** File names end in the time of the update in nanoseconds. */
function byTime(a: string, b: string): number {
  const time = (name: string): bigint => BigInt(/-(\d+)\.history\.json$/.exec(name)?.[1] ?? 0);
  const [left, right] = [time(a), time(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Tells each update by its difference from the one that succeeded before it. */
export function tellEffects(project: Project, stage: string, history: readonly Update[]): Effect[] {
  let before: Model | null = null;
  return history.map((update) => {
    if (update.kind === "destroy") {
      const found = findEffects(before, null);
      if (update.succeeded) before = null;
      return { update, ...told(found) };
    }
    const after = modelOrNull(project, stage, update.config);
    const effect = after === null ? { effects: ["a config that cannot be read any more"], flags: [] } : told(findEffects(before, after));
    if (update.succeeded) before = after;
    return { update, ...effect };
  });
}

function told(found: readonly FoundEffect[]): Omit<Effect, "update"> {
  return { effects: renderEffects(found), flags: [...new Set(found.flatMap(({ flag }) => flag ?? []))].sort() };
}
