import { type FlagCell, flagCells } from "./config-matrix.ts";
import { modelOf, readProject, readStackFile, requireStage } from "./project.ts";
import { readRecordOrNull } from "./state-files.ts";

/** A flag that the stage's config has further on than the stage itself, and so a promotion that waits to be made. */
export interface PendingPromotion {
  readonly flag: string;
  /** Per cent of visitors as deployed. */
  readonly from: number;
  /** Per cent as the config says, after kills and prerequisites. */
  readonly to: number;
}

/**
 * Finds the promotions that a config asks for, flags that others require first.
 * @param deployed per cent by flag; a flag that is not there is off
 */
export function findPending(cells: Readonly<Record<string, FlagCell>>, deployed: Readonly<Record<string, number>>): PendingPromotion[] {
  return Object.entries(cells)
    .map(([flag, { exposure }]) => ({ flag, from: deployed[flag] ?? 0, to: exposure }))
    .filter(({ from, to }) => to > from);
}

/** Reads a stage's file and record. @throws OperationError when the config or the state cannot be used */
export async function readPending(root: string, stage: string): Promise<PendingPromotion[]> {
  const project = await readProject(root);
  requireStage(project, stage);
  const cells = flagCells(modelOf(project, stage, (await readStackFile(project, stage)).config));
  const record = await readRecordOrNull(project, stage);
  return findPending(cells, record?.exposures ?? {});
}
