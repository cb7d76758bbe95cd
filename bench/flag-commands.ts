import type { TestProject } from "../test/support/project.ts";

/** Sets the flag of the stage `dev` and updates it. @throws Error with the engine's words */
export async function raiseTo(test: TestProject, exposure: number, ...more: readonly string[]): Promise<void> {
  await succeed(test.pulumi(["config", "set", "--stack", "dev", "--path", "flags.AGENT_ENABLED", String(exposure)]));
  await succeed(test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev", ...more]));
}

/** Takes the stage `dev` back to what it was before. @throws Error with the command's words */
export function rollBack(test: TestProject, ...more: readonly string[]): Promise<void> {
  return succeed(test.sluice(["rollback", "--stage", "dev", ...more]));
}

/** Kills the flag in the stage `dev`. @throws Error with the command's words */
export function kill(test: TestProject): Promise<void> {
  return succeed(test.sluice(["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "bench"]));
}

export function revive(test: TestProject): Promise<void> {
  return succeed(test.sluice(["revive", "AGENT_ENABLED", "--stage", "dev", "--reason", "bench", "--yes"]));
}

/** Whether the stage `dev` is another than its config says, in words; null where it is not. */
export async function driftOf(test: TestProject): Promise<string | null> {
  const { code } = await test.pulumi(["preview", "--refresh", "--expect-no-changes", "--stack", "dev"]);
  return code === 0 ? null : "drift: a refreshed update would put the flag back";
}

/** @throws Error with the words of a command that failed */
export async function succeed(run: Promise<{ readonly code: number; readonly output: string }>): Promise<void> {
  const { code, output } = await run;
  if (code !== 0) throw new Error(output);
}
