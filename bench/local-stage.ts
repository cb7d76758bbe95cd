import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { writeProjectFile } from "../src/operations/demo/scratch-project.ts";
import { HOME } from "../test/support/project.ts";

/** The flag of the bench goes between these. */
export const EXPOSURES = [25, 50] as const;

/** As many flags as a large catalogue has, each on its share of the services. */
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

/** Services that get a request header for each flag; all flags are off but for the first. */
export async function makeLocalStage(count: number): Promise<LocalBenchStage> {
  const root = join(HOME, ".sluice", "tests", `local-${process.pid}-${count}`);
  await rm(root, { recursive: true, force: true });
  await mkdir(join(root, ".state"), { recursive: true });
  const names = Array.from({ length: count }, (_, index) => `service-${index}`);
  const flags = Array.from({ length: Math.min(count, FLAGS) }, (_, index) => index);
  const flag = { description: "x", owner: "x", expires: "9999-12-31" };
  const catalog = {
    stages: ["dev"],
    steps: [1, 5, 25, 50, 100],
    services: Object.fromEntries(names.map((name) => [name, { rule: `PathPrefix(\`/${name}\`)`, delivery: "header" }])),
    flags: Object.fromEntries(flags.map((number) => [`FLAG_${number}`, { ...flag, services: names.filter((_, index) => index % flags.length === number) }])),
  };
  await writeFile(join(root, "catalog.yaml"), stringify(catalog));
  await writeProjectFile(HOME, root, { file: "catalog.yaml" });
  const local = { port: 9_000, adminPort: 9_001, workloadPorts: Object.fromEntries(names.map((name, index) => [name, FIRST_PORT + index])) };
  return {
    root,
    configure: (exposure) => writeFile(join(root, "Pulumi.dev.yaml"), stringify({ config: { "sluice:local": local, "sluice:flags": { FLAG_0: exposure } } })),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
