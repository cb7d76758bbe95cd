import type { Clock } from "../../../net/clock.ts";

/** Between two looks while a task goes on, in milliseconds. */
const EVERY = 1_000;

/**
 * Does a task that ends early, and in vain, once something was killed.
 * @param find what was killed, in words; null for nothing
 * @throws Error with what was killed; what the task throws; what `find` throws at the last look
 */
export async function unlessKilled<T>(
  find: () => Promise<string | null>,
  task: (signal: AbortSignal) => Promise<T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<T> {
  const [stop, ended] = [new AbortController(), new AbortController()];
  const watch = async (): Promise<string | null> => {
    while (!ended.signal.aborted) {
      await clock.wait(EVERY, ended.signal);
      // The last look must succeed, and no other.
      const found = await find().catch(() => null);
      if (found === null) continue;
      stop.abort();
      return found;
    }
    return null;
  };
  const watching = watch();
  const [outcome] = await Promise.allSettled([task(AbortSignal.any([signal, stop.signal]))]);
  ended.abort();
  const killed = (await watching) ?? (outcome.status === "fulfilled" ? await find() : null);
  if (killed !== null) throw new Error(killed);
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}
