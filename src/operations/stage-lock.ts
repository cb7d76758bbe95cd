import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { parseJsonOrNull } from "../model/parse-json.ts";
import { poll } from "../net/poll.ts";
import type { Engine } from "./engine.ts";
import { OperationError } from "./errors.ts";
import { isRunning } from "./is-running.ts";
import type { Project } from "./project.ts";
import { readCurrentCheckpoint, stateFolder } from "./state-files.ts";

/** Who has locked a stack of a file backend. */
export interface LockHolder {
  readonly who: string;
  /** Whether its process has ended without giving the lock back; only known of processes of this machine. */
  readonly dead: boolean;
}

const lockFile = z.object({ pid: z.number(), username: z.string().default("someone"), hostname: z.string().default("") });
const holderFile = lockFile.extend({ lock: z.string() });

/** The updates that hold a stack, or were killed and left their lock. */
export async function readLocks(project: Project, stage: string): Promise<LockHolder[]> {
  // One that a full disk left unfinished has another ending, and the engine counts it too.
  const folder = join(stateFolder(project), "locks", "organization", project.name, stage);
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.endsWith(".attrs"));
  const holders = await Promise.all(
    names.map(async (name): Promise<LockHolder | null> => {
      const text = await readFile(join(folder, name), "utf8").catch(() => null);
      if (text === null) return null;
      const lock = lockFile.safeParse(parseJsonOrNull(text));
      if (!lock.success) return { who: "someone", dead: false };
      return toHolder(lock.data);
    }),
  );
  return holders.filter((holder) => holder !== null);
}

function toHolder({ pid, username, hostname: host }: z.output<typeof lockFile>): LockHolder {
  return { who: `${username}@${host}, process ${pid}`, dead: host === hostname() && !isRunning(pid) };
}

/**
 * Makes a stack usable again after an update that was killed: takes away the lock of a process that is
 * gone, and clears what it had begun. One that lives is waited for, as long as `limit` milliseconds.
 * @param onWait is told once, in words, who is waited for
 * @returns what was done, in words
 * @throws OperationError (`busy`) when someone else holds the stack
 */
export async function recoverStack(
  project: Project,
  stage: string,
  engine: Engine,
  limit: number,
  onWait: (text: string) => void = () => undefined,
): Promise<string[]> {
  const done: string[] = [];
  let holders = await readLocks(project, stage);
  let told = false;
  const free = await poll(
    async () => {
      holders = await readLocks(project, stage);
      const living = holders.filter(({ dead }) => !dead);
      if (living.length > 0 && !told && limit > 0) {
        told = true;
        onWait(`waits for another update (${living.map(({ who }) => who).join("; ")}), ${limit / 1000} s at most`);
      }
      return living.length === 0;
    },
    limit,
    100,
  );
  if (!free) {
    const living = holders.filter(({ dead }) => !dead).map(({ who }) => who);
    throw new OperationError(
      "busy",
      `The stack ${stage} is locked by another update (${living.join("; ")}). Wait for it; if it was killed: npx pulumi cancel --stack ${stage}, then try again.`,
    );
  }
  if (holders.length > 0) {
    await engine.cancel();
    done.push(`took away the lock of an update that was killed (${holders.map(({ who }) => who).join("; ")})`);
  }
  const { pending } = await readCurrentCheckpoint(project, stage);
  if (pending.length > 0) {
    await engine.clearPending();
    done.push(`cleared ${pending.length} operations that it had begun`);
  }
  return done;
}

/** Milliseconds after which a lock that nobody renews is taken over, wherever its holder was. */
const STALE = 10_000;

/**
 * Runs a task while no other operation of Sluice works on the stage.
 * @throws OperationError (`busy`) when one does
 */
export async function holdingStage<T>(root: string, stage: string, task: () => Promise<T>): Promise<T> {
  return holding(root, stage, `Another operation of sluice is at work on ${stage}`, task);
}

/** Runs a promotion or a drill while no other one of the stage does; rollbacks and kills go between its steps. */
export async function holdingPromotion<T>(root: string, stage: string, task: () => Promise<T>): Promise<T> {
  return holding(root, `${stage}.promotion`, `Another promotion or drill of ${stage} is under way`, task);
}

async function holding<T>(root: string, name: string, refusal: string, task: () => Promise<T>): Promise<T> {
  const { default: lockfile } = await import("proper-lockfile");
  const folder = join(root, ".sluice", "locks", name);
  const holder = join(folder, "holder.json");
  await mkdir(folder, { recursive: true });
  const acquire = (): Promise<() => Promise<void>> => lockfile.lock(folder, { stale: STALE, onCompromised: () => undefined });
  const release = await acquire().catch(async () => {
    // One that was killed need not be waited for.
    const seen = await identityOf(`${folder}.lock`);
    if (seen !== null && (await holderOf(holder, seen))?.dead === true) await takeAway(`${folder}.lock`, seen);
    return acquire().catch(async () => {
      const who = (await holderOf(holder, await identityOf(`${folder}.lock`)))?.who;
      throw new OperationError("busy", `${refusal}${who === undefined ? "" : ` (${who})`}. Wait for it, then run this again.`);
    });
  });
  try {
    await writeFile(holder, JSON.stringify({ pid: process.pid, username: userName(), hostname: hostname(), lock: await identityOf(`${folder}.lock`) }));
    return await task();
  } finally {
    await release().catch(() => undefined);
  }
}

/** Who holds a lock; null where nobody has said so yet: what is there may be of the holder before. */
async function holderOf(holder: string, lock: string | null): Promise<LockHolder | null> {
  const found = holderFile.safeParse(parseJsonOrNull(await readFile(holder, "utf8").catch(() => "")));
  return found.success && found.data.lock === lock ? toHolder(found.data) : null;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // The system has no name for the user.
    return "someone";
  }
}

/** Takes a dead holder's lock away; one that someone else has made in its place meanwhile is put back. */
async function takeAway(lock: string, seen: string): Promise<void> {
  const aside = `${lock}.${process.pid}`;
  if ((await identityOf(lock)) !== seen) return;
  await rename(lock, aside).catch(() => undefined);
  const taken = await identityOf(aside);
  if (taken !== null && taken !== seen) await rename(aside, lock).catch(() => undefined);
  await rm(aside, { recursive: true, force: true });
}

/** What tells a folder from another of the same name; null where there is none. */
async function identityOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found === null ? null : `${found.dev}:${found.ino}:${found.birthtimeNs}`;
}
