import { setTimeout as sleep } from "node:timers/promises";

/** The time as a watch sees it. */
export interface Clock {
  now(): Date;
  /** Waits; ends early when the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
};
