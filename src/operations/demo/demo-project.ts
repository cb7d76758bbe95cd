import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isRunning } from "../is-running.ts";
import { type Project, readProject } from "../project.ts";
import { claimFreePorts, makeScratchProject, scratchCatalog } from "./scratch-project.ts";

/** A demo's folder ends in the number of its process, so that two can run beside each other. */
const FOLDER = "demo-";

/**
 * Makes a project of the demo's own, so that real stages are never touched. What a killed demo left goes first.
 * @param flag the flag of its catalogue
 */
export async function makeDemoProject(home: string, flag: string): Promise<Project> {
  const folder = join(home, ".sluice");
  await removeLeftovers(folder);
  const root = join(folder, `${FOLDER}${process.pid}`);
  const { first } = await claimFreePorts();
  await makeScratchProject(home, root, scratchCatalog(home, flag), first);
  return readProject(root);
}

async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const dead = names.filter((name) => /^demo-\d+$/.test(name) && !isRunning(Number(name.slice(FOLDER.length))));
  await Promise.all(dead.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Removes what the demo made. */
export async function removeDemoProject(project: Project): Promise<void> {
  await rm(project.root, { recursive: true, force: true });
}
