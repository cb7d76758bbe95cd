import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { claimFreePorts, makeScratchProject, scratchCatalog, writeProjectFile } from "../../src/operations/demo/scratch-project.ts";
import { pulumiRoot } from "../../src/operations/engine.ts";
import { requireTraefik } from "../../src/setup/traefik.ts";

/** The repository. */
export const HOME = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface TestProject {
  readonly root: string;
  /** First port of a stage. */
  portOf(stage: string): number;
  urlOf(stage: string): string;
  /** Runs the CLI as a person would; never throws. @param wrapper a command that runs it, such as one that takes rights away */
  pulumi(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    wrapper?: readonly string[],
  ): Promise<{ readonly code: number; readonly output: string }>;
  /** Runs `sluice`; never throws. */
  sluice(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<{ readonly code: number; readonly output: string }>;
  remove(): Promise<void>;
}

/** The catalogue of test projects: a service of each delivery, a flag on both. */
export function testCatalog(): Record<string, unknown> {
  return scratchCatalog(HOME, "AGENT_ENABLED");
}

/** A project in a folder of its own, with the real program, a state of its own, and ports that are its own until it is removed. */
export async function makeProject(): Promise<TestProject> {
  const parent = join(HOME, ".sluice", "tests");
  await mkdir(parent, { recursive: true });
  const root = await mkdtemp(join(parent, "project-"));
  const claimed = await claimFreePorts();
  const ports = await makeScratchProject(HOME, root, testCatalog(), claimed.first);
  const portOf = (stage: string): number => ports.get(stage) ?? 0;
  const path = [dirname(process.execPath), join(pulumiRoot(), "bin"), dirname(await requireTraefik()), process.env["PATH"] ?? ""].join(":");
  const run = async (file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const result = await execa(file, args, { cwd: root, env: { PATH: path, ...env }, reject: false, all: true, stdin: "ignore" });
    return { code: result.exitCode ?? -1, output: result.all };
  };
  return {
    root,
    portOf,
    urlOf: (stage) => `http://127.0.0.1:${portOf(stage)}`,
    pulumi(args, env, wrapper = []) {
      const [file = "", ...rest] = [...wrapper, join(pulumiRoot(), "bin", "pulumi"), "--non-interactive", "--color", "never", ...args];
      return run(file, rest, env);
    },
    sluice: (args, env) => run(process.execPath, [join(HOME, "bin", "sluice.mjs"), ...args], env),
    async remove() {
      await rm(root, { recursive: true, force: true });
      await claimed.release();
    },
  };
}

/** Writes the project file anew. */
export function writeCatalog(root: string, catalog: unknown): Promise<void> {
  return writeProjectFile(HOME, root, catalog);
}
