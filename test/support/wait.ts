import { setTimeout as sleep } from "node:timers/promises";

/** Waits until a condition holds. @throws Error naming it after the limit, in milliseconds */
export async function until(what: string, condition: () => boolean | Promise<boolean>, limit = 15_000): Promise<void> {
  const deadline = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${limit} ms in vain until ${what}`);
    await sleep(20);
  }
}
