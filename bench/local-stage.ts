import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { makeBenchProject } from "./bench-project.ts";
import { serviceNames } from "./many-services.ts";

/** As many flags as a large catalogue has. */
const FLAGS = 100;
/** Ports of services with one workload each; nothing listens there. */
const FIRST_PORT = 10_000;

/** A project with one stage `dev` of many services, on this machine and not served. */
export interface LocalBenchStage {
  readonly root: string;
  /** Writes the stage's file. */
  configure(exposure: number): Promise<void>;
  remove(): Promise<void>;
}

/** All flags are off but for the first. */
export async function makeLocalStage(count: number): Promise<LocalBenchStage> {
  const names = serviceNames(count);
  const root = await makeBenchProject("local", names, Math.min(count, FLAGS));
  const local = { port: 9_000, adminPort: 9_001, workloadPorts: Object.fromEntries(names.map((name, index) => [name, FIRST_PORT + index])) };
  return {
    root,
    configure: (exposure) => writeFile(join(root, "Pulumi.dev.yaml"), stringify({ config: { "sluice:local": local, "sluice:flags": { FLAG_0: exposure } } })),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
