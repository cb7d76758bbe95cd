import { readDrills } from "../../config/read-drills.ts";
import type { Catalog } from "../../model/catalog.ts";
import type { FactSample } from "../../monitoring/exposition.ts";
import { OperationError } from "../errors.ts";
import { catalogOf, type Project, readProject, requireStage, stagesOf } from "../project.ts";
import { stateFolder } from "../state-files.ts";
import { readStageFacts } from "../status/stage-facts.ts";
import { stageSamples, unreadableSamples } from "./stage-samples.ts";

/**
 * Reads the facts of stages, without the engine. One that cannot be read says so, and does not keep the others from it.
 * @param stages all of the catalogue where none are named
 * @throws OperationError when the project has no list of stages, or no such stage
 */
export async function readFacts(root: string, stages: readonly string[], now: Date): Promise<FactSample[]> {
  const project = await readProject(root);
  const all = stagesOf(project);
  for (const stage of stages) requireStage(project, stage);
  const asked = stages.length === 0 ? all : all.filter((stage) => stages.includes(stage));
  if (!keepsState(project)) return asked.flatMap((stage) => unreadableSamples(stage, now));
  const catalog = catalogOrNull(project);
  const drills = await readDrills(root);
  const needed = all.filter((stage, index) => asked.includes(stage) || asked.includes(all[index + 1] ?? ""));
  const facts = new Map(await Promise.all(needed.map(async (stage) => [stage, await readStageFacts(project, stage, catalog !== null)] as const)));
  return asked.flatMap((stage) => {
    const own = facts.get(stage);
    const previous = facts.get(all[all.indexOf(stage) - 1] ?? "") ?? null;
    return own === undefined ? [] : stageSamples({ facts: own, previous, catalog, drills }, now);
  });
}

/** Whether the state is in files that can be read without the engine. */
function keepsState(project: Project): boolean {
  try {
    stateFolder(project);
    return true;
  } catch (error) {
    if (error instanceof OperationError) return false;
    throw error;
  }
}

function catalogOrNull(project: Project): Catalog | null {
  try {
    return catalogOf(project, {});
  } catch (error) {
    if (error instanceof OperationError) return null;
    throw error;
  }
}
