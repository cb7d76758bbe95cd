import { poll } from "../../src/net/poll.ts";

/** Waits until a condition holds. @throws Error naming it after the limit, in milliseconds */
export async function until(what: string, condition: () => boolean | Promise<boolean>, limit = 15_000): Promise<void> {
  if (!(await poll(condition, limit))) throw new Error(`waited ${limit} ms in vain until ${what}`);
}
