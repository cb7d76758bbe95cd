import { OperationError } from "../operations/errors.ts";
import { readProject, readStackFile, stagesOf } from "../operations/project.ts";

/** The targets of a project's stages; a stage whose file cannot be read asks for none, and is told of where it is used. */
export async function stageTargets(root: string): Promise<string[]> {
  const project = await readProject(root);
  const targets = await Promise.all(
    stagesOf(project).map(async (stage) => {
      try {
        return (await readStackFile(project, stage)).config[`${project.name}:target`];
      } catch (error) {
        if (error instanceof OperationError) return null;
        throw error;
      }
    }),
  );
  return [...new Set(targets.filter((target) => typeof target === "string"))].sort();
}
