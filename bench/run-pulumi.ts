import { join } from "node:path";
import { execa } from "execa";
import { engineEnvironment, pulumiRoot } from "../src/operations/engine.ts";

/** An update that asks nothing. */
export const UP = ["up", "--yes", "--skip-preview"] as const;

/** Starts the CLI on the stack `dev` of a project. The promise is of its end, and rejects with its words when it fails. */
export function startPulumi(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return execa(join(pulumiRoot(), "bin", "pulumi"), [...args, "--non-interactive", "--stack", "dev"], {
    cwd,
    env: { ...engineEnvironment(), PATH: `${join(pulumiRoot(), "bin")}:${process.env["PATH"] ?? ""}`, ...env },
    stdin: "ignore",
    all: true,
  });
}

/** Runs the CLI on the stack `dev` of a project. @returns how long it took, in milliseconds */
export function timePulumi(cwd: string, args: readonly string[]): Promise<number> {
  return timeOf(async () => {
    await startPulumi(cwd, args);
  });
}

/** How long a task takes, in milliseconds. */
export async function timeOf(task: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await task();
  return performance.now() - started;
}
