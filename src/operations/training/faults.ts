import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeAtomically } from "../../files/write-atomically.ts";
import { stageFolder } from "../../model/target.ts";
import type { Project } from "../project.ts";
import { stateFolder } from "../state-files.ts";

/** The machine whose update "was killed"; no process of it can be looked at. */
const ELSEWHERE = "build-7";

/** Locks a stack as an update of another machine does that was killed before its end. */
export async function lockStack(project: Project, stage: string): Promise<void> {
  const folder = lockFolder(project, stage);
  await mkdir(folder, { recursive: true });
  const lock = { pid: 4711, username: "deploy", hostname: ELSEWHERE, timestamp: "2026-01-31T02:00:00Z" };
  await writeFile(join(folder, `${randomUUID()}.json`), JSON.stringify(lock));
}

/** Where the locks of a stack are. */
export function lockFolder(project: Project, stage: string): string {
  return join(stateFolder(project), "locks", "organization", project.name, stage);
}

/** The file of a stack's state. */
export function statePath(project: Project, stage: string): string {
  return join(stateFolder(project), "stacks", project.name, `${stage}.json`);
}

/** Loses the file of a stack's state, as a full disk or a careless hand does. */
export async function loseState(project: Project, stage: string): Promise<void> {
  await rm(statePath(project, stage));
}

/** Where a stage's Traefik document is. */
function documentPath(project: Project, stage: string): string {
  return join(resolve(project.root, stageFolder(stage, null)), "traefik", "dynamic.yaml");
}

/**
 * Edits a stage's Traefik document by hand: the visitors of one variant of a service are sent to another.
 * @throws Error where the document leads nobody to the variant
 */
export async function misroute(project: Project, stage: string, from: string, to: string): Promise<void> {
  const path = documentPath(project, stage);
  const text = await readFile(path, "utf8");
  const edited = text.replaceAll(`"service":"${from}"`, `"service":"${to}"`);
  if (edited === text) throw new Error(`${path} leads nobody to ${from}`);
  await writeAtomically(path, edited, 0o600);
}
