import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../src/net/ask.ts";
import { until } from "../test/support/wait.ts";
import { underLoad } from "./under-load.ts";
import type { Escape } from "./way-to-safety.ts";

/** Requests a second: one every 5 ms, so that the last answer of a variant is known as exactly. */
export const RATE = 200;
/** How long visitors come before a way and after it, in milliseconds: what it has set off shows within it. */
const AROUND = 500;

/**
 * Takes the flag off by some way while visitors come.
 * @param leftBy says afterwards what is left to do; null for nothing
 * @param rate requests a second
 * @throws Error where visitors did not see the flag before, or still do
 */
export async function escapeBy(url: string, way: () => Promise<void>, leftBy: () => Promise<string | null>, rate = RATE): Promise<Escape> {
  const { result, lastOn, requests, lost } = await underLoad(url, rate, async () => {
    await sleep(AROUND);
    const started = performance.now();
    await way();
    await untilSeen(url, false);
    await sleep(AROUND);
    return started;
  });
  if (lastOn < result) throw new Error("no visitor saw the flag when it was to be taken off");
  return { off: lastOn - result, requests, lost, left: await leftBy() };
}

/** Waits until the first bucket sees the flag. */
export function untilOn(url: string): Promise<void> {
  return untilSeen(url, true);
}

async function untilSeen(url: string, on: boolean): Promise<void> {
  const question = { path: "/voice", headers: { cookie: "sluice-1=x" } };
  await until(`visitors ${on ? "see" : "no longer see"} the flag`, async () => (await ask(url, question)).body.includes('"AGENT_ENABLED":"true"') === on);
}
