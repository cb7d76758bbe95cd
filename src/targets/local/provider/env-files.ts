import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod/mini";
import { readIfThere } from "../../../files/read-if-there.ts";
import { writeAtomically } from "../../../files/write-atomically.ts";
import { inParallel } from "../../../net/in-parallel.ts";
import { provide } from "./resource-kind.ts";

const ENDING = ".env";
/** How many files are read or written at a time. */
const AT_A_TIME = 16;

const wanted = z.object({
  /** Their folder. */
  path: z.string(),
  /** By the name of their workload. */
  files: z.record(z.string(), z.string()),
});
const kept = z.object({ path: z.string(), keep: z.array(z.string()) });

type EnvFiles = z.output<typeof wanted>;

/**
 * The env files of a stage's workloads, as one resource: an update costs the engine the same for ten and for a thousand.
 * Those that an update has no more use for stay, for Traefik leads to their workloads until it is switched; see `oldEnvFiles`.
 */
export const envFiles = provide({
  schema: wanted,
  async write({ path, files }) {
    const there = await readFolder(path, await namesIn(path));
    const changed = Object.entries(files).filter(([name, content]) => there.get(name) !== content);
    requireFreePorts(new Map(changed), there);
    await inParallel(changed, AT_A_TIME, ([name, content]) => writeAtomically(join(path, name + ENDING), content, 0o644));
  },
  async read({ path, files }: EnvFiles) {
    const names = Object.keys(files);
    const there = await readFolder(path, names);
    return names.length > 0 && there.size === 0 ? null : { files: Object.fromEntries(there) };
  },
  remove: ({ path, files }) => removeFiles(path, Object.keys(files)),
});

/** Takes away the env files of workloads that are no more. It comes when Traefik leads to none of them. */
export const oldEnvFiles = provide({
  schema: kept,
  write: async (state) => removeFiles(state.path, await unwantedIn(state)),
  isStale: async (state) => (await unwantedIn(state)).length > 0,
  read: async () => Promise.resolve({}),
  remove: async () => Promise.resolve(),
});

async function unwantedIn({ path, keep }: z.output<typeof kept>): Promise<string[]> {
  const names = new Set(keep);
  const others = await readFolder(
    path,
    (await namesIn(path)).filter((name) => !names.has(name)),
  );
  // The folder may be one that a person has put files of their own into.
  return [...others].filter(isOurs).map(([name]) => name);
}

/** @throws Error naming the workload that still listens on a port which another is to have */
function requireFreePorts(changed: ReadonlyMap<string, string>, there: ReadonlyMap<string, string>): void {
  const holders = new Map([...there].flatMap(([name, content]) => portIn(content).map((port) => [port, name] as const)));
  for (const [name, content] of changed) {
    for (const port of portIn(content)) {
      const holder = holders.get(port) ?? name;
      if (holder === name) continue;
      throw new Error(
        `${port}, which ${name} is to have, is still held by ${holder}; nothing was switched. Make this change in two steps, or move the first port of the service (local.workloadPorts).`,
      );
    }
  }
}

/** Whether a file is one that Sluice wrote: it is named after the service that it is of. */
function isOurs([name, content]: readonly [name: string, content: string]): boolean {
  const service = /^SLUICE_SERVICE=(.+)$/m.exec(content)?.[1];
  return service !== undefined && (name === service || name.startsWith(`${service}--`));
}

/** The line of an env file that says its port. */
function portIn(content: string): readonly string[] {
  return /^PORT=\d+$/m.exec(content) ?? [];
}

async function namesIn(path: string): Promise<string[]> {
  const names = await readdir(path).catch(() => []);
  return names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length));
}

async function readFolder(path: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const read = await inParallel(names, AT_A_TIME, async (name) => [name, await readIfThere(join(path, name + ENDING))] as const);
  return new Map(read.flatMap((file) => (file === null || file[1] === null ? [] : [[file[0], file[1]] as const])));
}

async function removeFiles(path: string, names: readonly string[]): Promise<void> {
  await inParallel(names, AT_A_TIME, (name) => rm(join(path, name + ENDING), { force: true }));
}
