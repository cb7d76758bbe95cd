import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { HOME } from "../test/support/project.ts";
import { timePulumi, UP } from "./run-pulumi.ts";

/** The floor of everything that runs the engine: a project whose program makes nothing. @returns its folder */
export async function makeEmptyProgram(): Promise<string> {
  const empty = await makeProgram("empty", "export const nothing: number = 1;\n");
  await timePulumi(empty, UP);
  return empty;
}

/** A project with a program of its own, and a stack `dev` that was never deployed. @returns its folder */
export async function makeProgram(name: string, program: string): Promise<string> {
  const root = join(HOME, ".sluice", "tests", `${name}-${process.pid}`);
  await rm(root, { recursive: true, force: true });
  await mkdir(join(root, ".state"), { recursive: true });
  await symlink(join(HOME, "node_modules"), join(root, "node_modules"));
  const file = {
    name,
    runtime: { name: "nodejs", options: { typescript: false } },
    main: "index.ts",
    backend: { url: "file://./.state" },
    // The engine looks for those of every package that is there, and would try to download them.
    plugins: {
      providers: [
        { name: "sluice-local", path: join(HOME, "src", "targets", "local", "provider") },
        { name: "docker", path: join(HOME, "src", "targets", "docker", "plugin") },
        { name: "kubernetes", path: join(HOME, "src", "targets", "kubernetes", "plugin") },
      ],
    },
  };
  await writeFile(join(root, "Pulumi.yaml"), stringify(file));
  await writeFile(join(root, "package.json"), JSON.stringify({ name, type: "module" }));
  await writeFile(join(root, "index.ts"), program);
  await timePulumi(root, ["stack", "init"]);
  return root;
}
