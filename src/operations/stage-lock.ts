import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { parseJsonOrNull } from "../model/parse-json.ts";
import { OperationError } from "./errors.ts";
import { type LockHolder, lockFile, toHolder } from "./lock-holder.ts";

const holderFile = lockFile.extend({ lock: z.string() });

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
