import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { pulumiRoot } from "../../../src/operations/engine.ts";
import { HOME } from "../project.ts";

/** What one command said, on stdout and stderr together, and ended with. */
export interface Ran {
  readonly output: string;
  readonly code: number;
}

/** Longest time of one block, in milliseconds. */
const LIMIT = 120_000;
const SEPARATOR = "\u001e";

/**
 * Runs commands of a page one after the other in one shell, as a person types them; a question of Pulumi's is
 * answered with yes. `npx` is a short form of itself that starts the same programs half a second sooner.
 * @throws Error when they do not end in time
 */
export async function runCommands(commands: readonly string[], root: string, env: Readonly<Record<string, string>>): Promise<Ran[]> {
  const bin = await writeNpx(join(HOME, ".sluice", "tests", "bin"));
  const script = ["exec 2>&1", ...commands.map((command) => `${command}\n__code=$?; printf '\\n${SEPARATOR}%s${SEPARATOR}' "$__code"; (exit "$__code")`)].join(
    "\n",
  );
  const result = await execa("bash", ["-c", script], {
    cwd: root,
    env: {
      PATH: [bin, join(HOME, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter),
      SLUICE_ACTOR: "ann@example.org",
      PULUMI_SKIP_CONFIRMATIONS: "true",
      PULUMI_COLOR: "never",
      ...env,
    },
    reject: false,
    stdin: "ignore",
    timeout: LIMIT,
  });
  const parts = result.stdout.split(SEPARATOR);
  const ran = commands.map((_command, index) => ({ output: (parts[2 * index] ?? "").replace(/\n$/, ""), code: Number(parts[2 * index + 1] ?? Number.NaN) }));
  if (ran.some(({ code }) => Number.isNaN(code))) throw new Error(`the block did not come to its end: ${result.stdout}`);
  return ran;
}

async function writeNpx(folder: string): Promise<string> {
  const path = join(folder, "npx");
  await mkdir(folder, { recursive: true });
  const programs: readonly (readonly [string, string])[] = [
    ["sluice", `"${process.execPath}" "${join(HOME, "bin", "sluice.mjs")}"`],
    ["pulumi", `"${join(pulumiRoot(), "bin", "pulumi")}"`],
    ["node", `"${process.execPath}"`],
  ];
  const cases = programs.map(([name, program]) => `  ${name}) shift; exec ${program} "$@";;`);
  await writeFile(path, ["#!/bin/sh", 'case "$1" in', ...cases, '  *) echo "npx $1: none of the project\'s programs" >&2; exit 127;;', "esac", ""].join("\n"));
  await chmod(path, 0o755);
  return folder;
}
