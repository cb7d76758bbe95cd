import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** Whether there is a program to test with; Debian's packages prometheus and prometheus-alertmanager have them. */
export async function hasProgram(name: "promtool" | "amtool" | "prometheus"): Promise<boolean> {
  return (await execa(name, ["--version"], { reject: false })).exitCode === 0;
}

/** Runs a program on files of a folder of its own. @param files by name @returns what it says, and its exit code */
export async function runOn(
  files: Readonly<Record<string, string>>,
  program: string,
  args: readonly string[],
  input = "",
): Promise<{ readonly code: number; readonly output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-tools-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const result = await execa(program, args, { cwd: folder, reject: false, all: true, input });
    return { code: result.exitCode ?? -1, output: result.all };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
