import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks again and again until a condition holds.
 * @param limit milliseconds after which it is given up
 * @param every milliseconds between two questions
 * @returns whether it held in time
 */
export async function poll(condition: () => boolean | Promise<boolean>, limit: number, every = 20): Promise<boolean> {
  const deadline = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await sleep(every);
  }
  return true;
}
