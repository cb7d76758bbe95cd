import { describe, expect, it } from "vitest";
import { unlessKilled } from "../../../src/targets/local/provider/unless-killed.ts";
import { standingClock } from "../../support/standing-clock.ts";

const never = new AbortController().signal;
const KILLED = "A was killed";

/** A task that lasts until it is stopped, as a gate that watches metrics does. */
const watching = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve("stopped"));
  });

describe("a gate that a kill may overtake", () => {
  it("gives what it has seen where nothing was killed", async () => {
    expect(
      await unlessKilled(
        async () => null,
        async () => "seen",
        standingClock(),
        never,
      ),
    ).toBe("seen");
  });

  it("ends in the middle once something is killed", async () => {
    const clock = standingClock();
    await expect(unlessKilled(async () => (clock.elapsed() < 5_000 ? null : KILLED), watching, clock, never)).rejects.toThrow(KILLED);
    expect(clock.elapsed()).toBe(5_000);
  });

  it("does not hold where something was killed while it looked", async () => {
    let killed: string | null = null;
    const task = async (): Promise<string> => {
      killed = KILLED;
      return "seen";
    };
    await expect(unlessKilled(async () => killed, task, standingClock(), never)).rejects.toThrow(KILLED);
  });

  it("fails as it would, and does not hold where the kills cannot be read at its end", async () => {
    const fail = (text: string) => async (): Promise<never> => {
      throw new Error(text);
    };
    await expect(unlessKilled(async () => null, fail("a breach"), standingClock(), never)).rejects.toThrow("a breach");
    await expect(unlessKilled(fail("no answer"), async () => "seen", standingClock(), never)).rejects.toThrow("no answer");
  });
});
