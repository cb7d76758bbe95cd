import { OperationError } from "../errors.ts";
import { catalogOf, modelOf, type Project, readProject, readStackFile, requireStage } from "../project.ts";
import { requireFlag } from "../require-flag.ts";
import { readStatus } from "../status/read-status.ts";
import { type FlagPlan, type KnownStage, planFlag } from "./flag-plan.ts";

/**
 * Reads what a flag's rollout plan follows from: catalogue, stack files, and state where it can be read.
 * What cannot be read of a stage is a fault in its part.
 * @param only one stage; null for all
 * @throws OperationError when the catalogue cannot be used, or has no such flag or stage
 */
export async function readFlagPlan(root: string, flag: string, only: string | null, now: Date): Promise<FlagPlan> {
  const project = await readProject(root);
  if (only !== null) requireStage(project, only);
  requireFlag(project, flag);
  const catalog = catalogOf(project, {});
  const definition = catalog.flags[flag];
  if (definition === undefined) throw new Error(`${flag} was there a moment ago`);
  const status = await readStatus(root, now).catch((error: unknown) => reasonOf(error));
  const stages = catalog.stages.filter((stage) => only === null || stage === only);
  const known = await Promise.all(
    stages.map(async (stage): Promise<KnownStage> => {
      const { model, fault } = await readModel(project, stage);
      if (typeof status === "string") return { stage, model, deployed: null, status: null, fault: fault ?? status };
      const own = status.stages[stage];
      return { stage, model, deployed: own?.deployed ?? null, status: own?.flags[flag] ?? null, fault };
    }),
  );
  return planFlag(catalog, flag, definition, known, now);
}

async function readModel(project: Project, stage: string): Promise<Pick<KnownStage, "model" | "fault">> {
  try {
    return { model: modelOf(project, stage, (await readStackFile(project, stage)).config), fault: null };
  } catch (error) {
    return { model: null, fault: reasonOf(error) };
  }
}

/** @throws what is no OperationError */
function reasonOf(error: unknown): string {
  if (error instanceof OperationError) return error.message;
  throw error;
}
