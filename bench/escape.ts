import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../src/net/ask.ts";
import type { TestProject } from "../test/support/project.ts";
import { until } from "../test/support/wait.ts";
import { underLoad } from "./under-load.ts";
import type { Escape } from "./way-to-safety.ts";

/** Requests a second: one every 5 ms, so that the last answer of a variant is known as exactly. */
const RATE = 200;
/** How long visitors come before a way and after it, in milliseconds: what it has set off shows within it. */
const AROUND = 500;

/**
 * Takes the flag off by some way while visitors come.
 * @param leftBy says afterwards what is left to do; null for nothing
 * @throws Error where visitors did not see the flag before
 */
export async function escapeBy(url: string, way: () => Promise<void>, leftBy: () => Promise<string | null>): Promise<Escape> {
  const { result, lastOn, requests, lost } = await underLoad(url, RATE, async () => {
    await sleep(AROUND);
    const started = performance.now();
    await way();
    await sleep(AROUND);
    return started;
  });
  if (lastOn < result) throw new Error("no visitor saw the flag when it was to be taken off");
  return { off: lastOn - result, requests, lost, left: await leftBy() };
}

/** Waits until the first bucket sees the flag. */
export async function untilOn(url: string): Promise<void> {
  const question = { path: "/voice", headers: { cookie: "sluice-1=x" } };
  await until("visitors see the flag", async () => (await ask(url, question)).body.includes('"AGENT_ENABLED":"true"'));
}

/** Whether the stage `dev` is another than its config says, in words; null where it is not. */
export async function driftOf(test: TestProject): Promise<string | null> {
  const { code } = await test.pulumi(["preview", "--refresh", "--expect-no-changes", "--stack", "dev"]);
  return code === 0 ? null : "drift: a refreshed update would put the flag back";
}

/** Sets the flag of the stage `dev` and updates it. @throws Error with the engine's words */
export async function raiseTo(test: TestProject, exposure: number, ...more: readonly string[]): Promise<void> {
  await succeed(test.pulumi(["config", "set", "--stack", "dev", "--path", "flags.AGENT_ENABLED", String(exposure)]));
  await succeed(test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev", ...more]));
}

/** Kills the flag in the stage `dev`. @throws Error with the command's words */
export function kill(test: TestProject): Promise<void> {
  return succeed(test.sluice(["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "bench"]));
}

export function revive(test: TestProject): Promise<void> {
  return succeed(test.sluice(["revive", "AGENT_ENABLED", "--stage", "dev", "--reason", "bench", "--yes"]));
}

/** @throws Error with the words of a command that failed */
export async function succeed(run: Promise<{ readonly code: number; readonly output: string }>): Promise<void> {
  const { code, output } = await run;
  if (code !== 0) throw new Error(output);
}
