import { join } from "node:path";
import { execa } from "execa";
import { HOME } from "./project.ts";

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sluice` as a person would, with no terminal; never throws. */
export async function runSluice(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd: string = HOME): Promise<Run> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !["NO_COLOR", "FORCE_COLOR", "PULUMI_BACKEND_URL"].includes(name)));
  const result = await execa(process.execPath, [join(HOME, "bin", "sluice.mjs"), ...args], {
    cwd,
    env: { ...inherited, ...env },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  return { code: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
}
