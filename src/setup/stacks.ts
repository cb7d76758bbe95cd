import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { engineOf } from "../operations/engine.ts";
import { readProject, stagesOf } from "../operations/project.ts";
import { stateFolder } from "../operations/state-files.ts";
import { SetupError } from "./tool.ts";

/**
 * Makes the stacks of the project's stages where its state is a folder inside the project; the first
 * stage ends up selected. Any other backend is the user's, and is left alone.
 * @returns the stages that were made
 */
export async function provideStacks(root: string): Promise<string[]> {
  const project = await readProject(root);
  if (project.backendUrl === null || !/^file:\/\/\.\.?\//.test(project.backendUrl)) return [];
  const folder = stateFolder(project);
  const stages = stagesOf(project);
  const present = await Promise.all(
    stages.map((stage) =>
      stat(join(folder, "stacks", project.name, `${stage}.json`)).then(
        () => true,
        () => false,
      ),
    ),
  );
  const missing = stages.filter((_stage, index) => present[index] !== true);
  await mkdir(join(folder, ".."), { recursive: true });
  for (const stage of missing.toReversed()) {
    await engineOf(project, stage)
      .create()
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        if (reason.includes("already exists")) return;
        throw new SetupError(
          `The stack ${stage} could not be made: ${reason}\n  way out: PULUMI_CONFIG_PASSPHRASE must be the one that Pulumi.${stage}.yaml was made with; the committed files have the empty one`,
        );
      });
  }
  return missing;
}
