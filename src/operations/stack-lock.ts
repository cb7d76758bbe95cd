import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseJsonOrNull } from "../model/parse-json.ts";
import { poll } from "../net/poll.ts";
import type { Engine } from "./engine.ts";
import { OperationError } from "./errors.ts";
import { type LockHolder, lockFile, toHolder } from "./lock-holder.ts";
import type { Project } from "./project.ts";
import { readCurrentCheckpoint, stateFolder } from "./state-files.ts";

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
  let holders: readonly LockHolder[] = [];
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
