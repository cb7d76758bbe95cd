import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { engineEnvironment, pulumiRoot } from "../src/operations/engine.ts";
import { HOME } from "../test/support/project.ts";

/** The floor of everything that runs the engine: a project whose program makes nothing. @returns its folder */
export async function makeEmptyProgram(): Promise<string> {
  const empty = join(HOME, ".sluice", "tests", `empty-${process.pid}`);
  await rm(empty, { recursive: true, force: true });
  await mkdir(join(empty, ".state"), { recursive: true });
  await symlink(join(HOME, "node_modules"), join(empty, "node_modules"));
  const file = {
    name: "empty",
    runtime: { name: "nodejs", options: { typescript: false } },
    main: "index.ts",
    backend: { url: "file://./.state" },
    // The engine looks for those of every package that is there, and would try to download them.
    plugins: { providers: ["docker", "kubernetes"].map((name) => ({ name, path: join(HOME, "src", "targets", name, "plugin") })) },
  };
  await writeFile(join(empty, "Pulumi.yaml"), stringify(file));
  await writeFile(join(empty, "package.json"), JSON.stringify({ name: "empty", type: "module" }));
  await writeFile(join(empty, "index.ts"), "export const nothing: number = 1;\n");
  await timePulumi(empty, ["stack", "init"]);
  await timePulumi(empty, ["up", "--yes", "--skip-preview"]);
  return empty;
}

/** Runs the CLI on the stack `dev` of a project. @returns how long it took, in milliseconds */
export async function timePulumi(cwd: string, args: readonly string[]): Promise<number> {
  const started = performance.now();
  await execa(join(pulumiRoot(), "bin", "pulumi"), [...args, "--non-interactive", "--stack", "dev"], {
    cwd,
    env: { ...engineEnvironment(), PATH: `${join(pulumiRoot(), "bin")}:${process.env["PATH"] ?? ""}` },
  });
  return performance.now() - started;
}
