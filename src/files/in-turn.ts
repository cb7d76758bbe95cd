import lockfile from "proper-lockfile";
import { makeFolder } from "./make-folder.ts";

/** How often, and in milliseconds how long apart, one asks whether the one before is through. */
const TRIES = 20;
const APART = 50;

/**
 * Lets short changes go one after the other, each from what the one before has left. One that is held up for
 * a second goes ahead all the same: a kill is among them, and nothing may stand in its way.
 * @param folder stands for what is changed
 */
export async function inTurn<T>(folder: string, task: () => Promise<T>): Promise<T> {
  const release = await makeFolder(folder)
    .then(() =>
      lockfile.lock(folder, { stale: 2_000, retries: { retries: TRIES, factor: 1, minTimeout: APART, maxTimeout: APART }, onCompromised: () => undefined }),
    )
    .catch(() => null);
  try {
    return await task();
  } finally {
    await release?.().catch(() => undefined);
  }
}
