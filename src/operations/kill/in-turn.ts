import lockfile from "proper-lockfile";
import { makeFolder } from "../../files/make-folder.ts";

/** How often, and in milliseconds how long apart, a kill asks whether another one is through. */
const TRIES = 20;
const APART = 50;

/**
 * Lets kills of one stage go one after the other: each adds to what is there. One that another holds up
 * for a second goes ahead all the same, because nothing may stand in the way of a kill.
 * @param folder that of the stage's documents
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
