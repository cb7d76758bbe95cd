import { OperationError } from "../errors.ts";
import type { Lack } from "./board.ts";

/** How long one part of the board may take to be read, in milliseconds. */
export const PART_LIMIT = 4_000;

/**
 * Reads one part of the board. What fails, or takes longer than the limit, is a lack, with the fallback in its place.
 * @param lacks gets the lack
 * @param limit milliseconds
 */
export async function attempt<T>(lacks: Lack[], what: string, fallback: T, read: () => Promise<T>, limit: number = PART_LIMIT): Promise<T> {
  try {
    return await within(limit, read());
  } catch (error) {
    lacks.push({ what, reason: reasonOf(error) });
    return fallback;
  }
}

/** The same as text or value: what was read, or why not. */
export async function readOrReason<T>(read: () => Promise<T>, limit: number = PART_LIMIT): Promise<{ readonly value: T } | { readonly reason: string }> {
  try {
    return { value: await within(limit, read()) };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof OperationError) return error.message;
  const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return reason;
}

async function within<T>(limit: number, reading: Promise<T>): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${limit} ms`)), limit);
  try {
    return await Promise.race([reading, over]);
  } finally {
    clearTimeout(timer);
  }
}
