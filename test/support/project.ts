import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { stringify } from "yaml";
import { findFreeBase } from "../../src/net/free-ports.ts";
import { pulumiRoot } from "../../src/operations/engine.ts";
import type { Project } from "../../src/operations/project.ts";
import { readProject } from "../../src/operations/project.ts";
import { requireTraefik } from "../../src/setup/traefik.ts";

/** The repository. */
export const HOME = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface TestProject {
  readonly root: string;
  readonly project: Project;
  /** First port of a stage. */
  portOf(stage: string): number;
  urlOf(stage: string): string;
  /** Runs the CLI as a person would; never throws. */
  pulumi(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<{ readonly code: number; readonly output: string }>;
  /** Runs `sluice`; never throws. */
  sluice(args: readonly string[]): Promise<{ readonly code: number; readonly output: string }>;
  remove(): Promise<void>;
}

const STAGES = ["dev", "staging", "production"];
/** Ports of a stage; the upper thousand is for workloads. */
const STAGE_PORTS = 2_000;

/** The catalogue of test projects: a service of each delivery, a flag on both. */
export function testCatalog(): Record<string, unknown> {
  const command = [process.execPath, join(HOME, "examples", "service.ts")];
  return {
    stages: STAGES,
    steps: [1, 5, 25, 50, 100],
    services: {
      "voice-api": { rule: "PathPrefix(`/voice`)", command },
      "billing-api": { rule: "PathPrefix(`/billing`)", delivery: "header", command },
    },
    flags: {
      AGENT_ENABLED: {
        description: "Answer calls with the agent",
        owner: "voice",
        expires: "9999-12-31",
        services: ["voice-api", "billing-api"],
        routes: { agent: { rule: "PathPrefix(`/agent`)", service: "voice-api" } },
      },
    },
  };
}

/** A project in a folder of its own, with the real program, a state of its own and ports that are free. */
export async function makeProject(catalog: unknown = testCatalog()): Promise<TestProject> {
  const parent = join(HOME, ".sluice", "tests");
  await mkdir(parent, { recursive: true });
  const root = await mkdtemp(join(parent, "project-"));
  await mkdir(join(root, ".state"));
  await symlink(join(HOME, "node_modules"), join(root, "node_modules"));
  await writeCatalog(root, catalog);
  const first = await freePorts();
  const portOf = (stage: string): number => first + STAGES.indexOf(stage) * STAGE_PORTS;
  for (const stage of STAGES) {
    const port = portOf(stage);
    const local = { port, adminPort: port + 1, workloadPorts: { "voice-api": port + 1_000, "billing-api": port + 20 } };
    await writeFile(join(root, `Pulumi.${stage}.yaml`), stringify({ config: { "sluice:target": "local", "sluice:local": local } }));
  }
  const path = [dirname(process.execPath), join(pulumiRoot(), "bin"), dirname(await requireTraefik()), process.env["PATH"] ?? ""].join(":");
  const run = async (file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const result = await execa(file, args, { cwd: root, env: { PATH: path, ...env }, reject: false, all: true, stdin: "ignore" });
    return { code: result.exitCode ?? -1, output: result.all };
  };
  return {
    root,
    project: await readProject(root),
    portOf,
    urlOf: (stage) => `http://127.0.0.1:${portOf(stage)}`,
    pulumi: (args, env) => run(join(pulumiRoot(), "bin", "pulumi"), ["--non-interactive", "--color", "never", ...args], env),
    sluice: (args) => run(process.execPath, [join(HOME, "bin", "sluice.ts"), ...args]),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Writes the project file anew. */
export async function writeCatalog(root: string, catalog: unknown): Promise<void> {
  const file = {
    name: "sluice",
    runtime: { name: "nodejs", options: { typescript: false } },
    main: "../../../index.ts",
    backend: { url: "file://./.state?metadata=skip" },
    plugins: { providers: [{ name: "sluice-local", path: "../../../src/targets/local/provider" }] },
    config: { "sluice:catalog": { value: catalog } },
  };
  await writeFile(join(root, "Pulumi.yaml"), stringify(file));
}

/** The first port of the first stage, of which those that a stage uses are free. */
async function freePorts(): Promise<number> {
  const span = STAGES.length * STAGE_PORTS;
  const bases = Array.from({ length: 3 }, (_, attempt) => 13_000 + attempt * span);
  const first = await findFreeBase(
    bases,
    STAGES.flatMap((_stage, index) => [0, 1, 20].map((offset) => index * STAGE_PORTS + offset)),
  );
  if (first === null) throw new Error("no free ports");
  return first;
}
