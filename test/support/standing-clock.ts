import type { Clock } from "../../src/net/clock.ts";

const START = new Date("2027-01-01T00:00:00Z");

/** A clock that stands still but for waiting. */
export function standingClock(): Clock & { elapsed(): number } {
  let now = START.getTime();
  return {
    now: () => new Date(now),
    wait: async (milliseconds) => {
      now += milliseconds;
    },
    elapsed: () => now - START.getTime(),
  };
}
