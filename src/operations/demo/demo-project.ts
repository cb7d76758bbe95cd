import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { findFreeBase } from "../../net/free-ports.ts";
import { OperationError } from "../errors.ts";
import { type Project, readProject } from "../project.ts";

/** Where the demo looks for free ports; each stage takes two thousand, a thousand of them for workloads. */
const FIRST_PORT = 13_000;
const STAGE_PORTS = 2_000;
const ATTEMPTS = 3;

/** A demo's folder ends in the number of its process, so that two can run beside each other. */
const FOLDER = "demo-";
const STAGES = ["dev", "staging", "production"];

/**
 * Makes a project of the demo's own: the same program, with a catalogue, a state and ports apart, so
 * that real stages are never touched. What a killed demo left goes first.
 */
export async function makeDemoProject(home: string): Promise<Project> {
  const folder = join(home, ".sluice");
  await removeLeftovers(folder);
  const root = join(folder, `${FOLDER}${process.pid}`);
  await mkdir(join(root, ".state"), { recursive: true });
  await writeFile(join(root, "Pulumi.yaml"), stringify(projectFile(home, relative(root, home))));
  const first = await findFreePorts();
  for (const [index, stage] of STAGES.entries()) {
    const port = first + index * STAGE_PORTS;
    const local = { port, adminPort: port + 1, workloadPorts: { "voice-api": port + 1_000, "billing-api": port + 20 } };
    await writeFile(join(root, `Pulumi.${stage}.yaml`), stringify({ config: { "sluice:target": "local", "sluice:flags": {}, "sluice:local": local } }));
  }
  return readProject(root);
}

function projectFile(home: string, back: string): unknown {
  const command = [process.execPath, join(home, "examples", "service.ts")];
  const catalog = {
    stages: STAGES,
    steps: [1, 5, 25, 50, 100],
    services: {
      "voice-api": { rule: "PathPrefix(`/voice`)", delivery: "env", command },
      "billing-api": { rule: "PathPrefix(`/billing`)", delivery: "header", command },
    },
    flags: {
      ELEVENLABS_AGENT_ENABLED: {
        description: "Answer calls with the ElevenLabs agent",
        owner: "voice",
        expires: "9999-12-31",
        services: ["voice-api", "billing-api"],
        routes: { agent: { rule: "PathPrefix(`/agent`)", service: "voice-api" } },
      },
    },
  };
  return {
    name: "sluice",
    runtime: { name: "nodejs", options: { typescript: false } },
    main: `${back}/index.ts`,
    backend: { url: "file://./.state?metadata=skip" },
    plugins: { providers: [{ name: "sluice-local", path: `${back}/src/targets/local/provider` }] },
    config: { "sluice:catalog": { value: catalog } },
  };
}

async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const dead = names.filter((name) => /^demo-\d+$/.test(name) && !isRunning(Number(name.slice(FOLDER.length))));
  await Promise.all(dead.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Removes what the demo made. */
export async function removeDemoProject(project: Project): Promise<void> {
  await rm(project.root, { recursive: true, force: true });
}

async function findFreePorts(): Promise<number> {
  const span = STAGES.length * STAGE_PORTS;
  const bases = Array.from({ length: ATTEMPTS }, (_, attempt) => FIRST_PORT + ((process.pid + attempt) % ATTEMPTS) * span);
  const first = await findFreeBase(
    bases,
    STAGES.flatMap((_stage, index) => [0, 1, 20].map((offset) => index * STAGE_PORTS + offset)),
  );
  if (first === null) throw new OperationError("busy", `The demo found no free ports from ${FIRST_PORT} on. Stop what listens there, then run it again.`);
  return first;
}
