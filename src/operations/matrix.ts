import { readProject, stagesOf } from "./project.ts";
import { readRecordOrNull } from "./state-files.ts";

/** How far each flag is on in each stage, as deployed. */
export interface Matrix {
  readonly stages: readonly string[];
  /** By flag, by stage: per cent of visitors; null where the stage was never deployed. */
  readonly exposures: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
}

/** Reads the record of every stage. */
export async function readMatrix(root: string): Promise<Matrix> {
  const project = await readProject(root);
  const stages = stagesOf(project);
  const deployed = await Promise.all(stages.map(async (stage) => (await readRecordOrNull(project, stage))?.exposures ?? null));
  const flags = [...new Set(deployed.flatMap((exposures) => Object.keys(exposures ?? {})))].sort();
  const rows = flags.map((flag) => [flag, Object.fromEntries(stages.map((stage, index) => [stage, deployed[index]?.[flag] ?? null]))] as const);
  return { stages, exposures: Object.fromEntries(rows) };
}
