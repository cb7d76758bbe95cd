import { canonicalJson } from "../plan/canonical.ts";
import type { ConfigMatrix, FlagCell, StageColumn } from "./config-matrix.ts";

/** A flag in one stage of one checkout: `absent` where there is no such flag or stage, `faulty` where the stage's config cannot be used. */
export type Cell = FlagCell | "absent" | "faulty";

/** One cell before and after. */
export interface CellChange {
  readonly before: Cell;
  readonly after: Cell;
  readonly changed: boolean;
}

export interface MatrixRow {
  readonly flag: string;
  readonly changed: boolean;
  readonly stages: Readonly<Record<string, CellChange>>;
}

/** Two matrices side by side. */
export interface MatrixComparison {
  readonly stages: readonly string[];
  readonly rows: readonly MatrixRow[];
}

/** Holds the config of one checkout against that of another. */
export function compareMatrices(before: ConfigMatrix, after: ConfigMatrix): MatrixComparison {
  const stages = union(Object.keys(after.stages), Object.keys(before.stages));
  const rows = union(after.flags, before.flags)
    .sort()
    .map((flag): MatrixRow => {
      const cells = stages.map((stage): [string, CellChange] => {
        const [was, is] = [cellOf(before.stages[stage], flag), cellOf(after.stages[stage], flag)];
        return [stage, { before: was, after: is, changed: canonicalJson(was) !== canonicalJson(is) }];
      });
      return { flag, changed: cells.some(([, cell]) => cell.changed), stages: Object.fromEntries(cells) };
    });
  return { stages, rows };
}

/** What a stage's column has for a flag. */
export function cellOf(column: StageColumn | undefined, flag: string): Cell {
  if (column === undefined) return "absent";
  return column.flags === null ? "faulty" : (column.flags[flag] ?? "absent");
}

function union(first: readonly string[], second: readonly string[]): string[] {
  return [...new Set([...first, ...second])];
}
