import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { findFreeBase, holdPort } from "../../net/free-ports.ts";
import { OperationError } from "../errors.ts";

/** The stages of a scratch project. */
export const SCRATCH_STAGES = ["dev", "staging", "production"];
/** Ports of a stage; the last thousand is for workloads. */
const STAGE_PORTS = 1_100;
/** Where free ports are looked for; below those that systems give to outgoing connections. */
const FIRST_PORT = 12_900;
const ATTEMPTS = 6;
/** The port after the first two is held by who has taken the ports of a project, and used for nothing. */
const CLAIM = 2;

/** A catalogue with a service of each delivery and one flag on both, for the example service. */
export function scratchCatalog(home: string, flag: string): Record<string, unknown> {
  const command = [process.execPath, join(home, "examples", "service.ts")];
  return {
    stages: SCRATCH_STAGES,
    steps: [1, 5, 25, 50, 100],
    services: {
      "voice-api": { rule: "PathPrefix(`/voice`)", delivery: "env", command },
      "billing-api": { rule: "PathPrefix(`/billing`)", delivery: "header", command },
    },
    flags: {
      [flag]: {
        description: "Answer calls with the agent",
        owner: "voice",
        expires: "9999-12-31",
        services: ["voice-api", "billing-api"],
        routes: { agent: { rule: "PathPrefix(`/agent`)", service: "voice-api" } },
      },
    },
  };
}

/**
 * Makes a project that runs this program on a catalogue, a state and ports of its own.
 * @param home the folder of Sluice's own sources
 * @param first the port of the first stage; see `claimFreePorts`
 * @returns the port of each stage
 */
export async function makeScratchProject(home: string, root: string, catalog: unknown, first: number): Promise<ReadonlyMap<string, number>> {
  await mkdir(join(root, ".state"), { recursive: true });
  await writeProjectFile(home, root, catalog);
  const ports = new Map(SCRATCH_STAGES.map((stage, index) => [stage, first + index * STAGE_PORTS]));
  for (const [stage, port] of ports) {
    const local = { port, adminPort: port + 1, workloadPorts: { "voice-api": port + 100, "billing-api": port + 20 } };
    await writeFile(join(root, `Pulumi.${stage}.yaml`), stringify({ config: { "sluice:target": "local", "sluice:local": local } }));
  }
  return ports;
}

/** Writes the project file, anew where there is one. */
export async function writeProjectFile(home: string, root: string, catalog: unknown): Promise<void> {
  const back = relative(root, home);
  const file = {
    name: "sluice",
    runtime: { name: "nodejs", options: { typescript: false } },
    main: `${back}/index.ts`,
    backend: { url: "file://./.state?metadata=skip" },
    plugins: {
      providers: [
        { name: "sluice-local", path: `${back}/src/targets/local/provider` },
        { name: "docker", path: `${back}/src/targets/docker/plugin` },
        { name: "kubernetes", path: `${back}/src/targets/kubernetes/plugin` },
      ],
    },
    config: { "sluice:catalog": { value: catalog } },
  };
  await writeFile(join(root, "Pulumi.yaml"), stringify(file));
}

/** Ports that stay one's own. */
export interface ClaimedPorts {
  readonly first: number;
  /** Leaves them to others; the end of the process does too. */
  release(): Promise<void>;
}

/** Takes free ports for a scratch project, which no other claim gets meanwhile. @throws OperationError when none are free */
export async function claimFreePorts(): Promise<ClaimedPorts> {
  for (const first of bases()) {
    const release = await holdPort(first + CLAIM);
    if (release === null) continue;
    if ((await findFreeBase([first], USED)) !== null) return { first, release };
    await release();
  }
  throw new OperationError("busy", `No free ports were found from ${FIRST_PORT} on. Stop what listens there, then run it again.`);
}

/** Offsets of the ports that a project's stages certainly use. */
const USED = SCRATCH_STAGES.flatMap((_stage, index) => [0, 1, 20].map((offset) => index * STAGE_PORTS + offset));

/** Processes begin their search at different places, because they may search beside each other. */
function bases(): number[] {
  return Array.from({ length: ATTEMPTS }, (_, attempt) => FIRST_PORT + ((process.pid + attempt) % ATTEMPTS) * SCRATCH_STAGES.length * STAGE_PORTS);
}
