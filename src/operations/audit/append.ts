import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import lockfile from "proper-lockfile";
import { makeFolder } from "../../files/make-folder.ts";
import { OperationError } from "../errors.ts";
import type { Project } from "../project.ts";
import { auditPath } from "./audit-file.ts";
import { type Entry, type EntryDraft, type Link, readLine, sealEntry, writeEntry } from "./entry.ts";

export interface AppendOptions {
  /** Milliseconds after which it is given up; 5000 when left out. More than 2000 outlasts the lock of a killed process. */
  readonly limit?: number;
  /** Texts that must not get into the file. */
  readonly secrets?: readonly string[];
}

const LIMIT = 5_000;
/** Milliseconds after which a lock that nobody renews is taken over; the least that proper-lockfile allows. */
const STALE = 2_000;

/**
 * Appends an entry to the audit of its stage and returns once it is on the disk.
 * @throws OperationError, and nothing else, when that did not work within the limit: a disk that is full,
 * read-only or does not answer, or another process that holds the file. The caller warns and goes on.
 */
export async function appendEntry(project: Project, draft: EntryDraft, options: AppendOptions = {}): Promise<Entry> {
  const limit = options.limit ?? LIMIT;
  const path = auditPath(project, draft.stage);
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      stop.abort();
      reject(new Error(`${limit} ms were not enough: another process holds it, or the disk does not answer`));
    }, limit);
  });
  try {
    return await Promise.race([appendLocked(path, draft, options.secrets ?? [], stop.signal), late]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperationError(
      "engine",
      `The entry of this ${draft.operation} could not be written to ${path}: ${reason}. What it did stands; make room or permission, and note it by hand.`,
    );
  } finally {
    clearTimeout(timer);
  }
}

async function appendLocked(path: string, draft: EntryDraft, secrets: readonly string[], stop: AbortSignal): Promise<Entry> {
  await makeFolder(dirname(path));
  const release = await acquire(path, stop);
  try {
    return await write(path, draft, secrets, stop);
  } finally {
    await release().catch(() => undefined);
  }
}

async function acquire(path: string, stop: AbortSignal): Promise<() => Promise<void>> {
  for (;;) {
    try {
      return await lockfile.lock(path, { realpath: false, stale: STALE, onCompromised: () => undefined });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
    }
    await sleep(25, undefined, { signal: stop });
  }
}

async function write(path: string, draft: EntryDraft, secrets: readonly string[], stop: AbortSignal): Promise<Entry> {
  const file = await open(path, "a+", 0o664);
  try {
    const before = await file.readFile("utf8");
    const entry = sealEntry(draft, lastLink(before), secrets);
    // Past the limit the caller has been told that there is no entry.
    stop.throwIfAborted();
    // A line that a process died in has no end: the new one begins on its own.
    await file.appendFile(`${before === "" || before.endsWith("\n") ? "" : "\n"}${writeEntry(entry)}\n`);
    await file.sync();
    if (before === "") await syncFolder(dirname(path));
    return entry;
  } finally {
    await file.close();
  }
}

/** The last whole entry; what is torn, or no entry, is passed over and left to verification. */
function lastLink(text: string): Link | null {
  for (let end = text.length; end > 0; ) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const line = readLine(text.slice(start, end));
    if (line.kind === "entry") return line.entry;
    end = start - 1;
  }
  return null;
}

/** Makes the file's name last; some file systems do not let a folder be synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => null);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
