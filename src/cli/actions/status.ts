import Table from "cli-table3";
import { type Matrix, readMatrix } from "../../operations/matrix.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";

/** Prints the matrix of flags and stages. */
export async function status(root: string, json: boolean): Promise<number> {
  const matrix = await readMatrix(root);
  if (json) printJson(matrix);
  else process.stdout.write(`${renderMatrix(matrix)}\n`);
  return EXIT.ok;
}

/** One row a flag, one column a stage, in per cent of visitors. */
export function renderMatrix(matrix: Matrix): string {
  const table = new Table({ head: ["flag", ...matrix.stages], style: { head: [], border: [] } });
  for (const [flag, exposures] of Object.entries(matrix.exposures)) {
    table.push([flag, ...matrix.stages.map((stage) => renderExposure(exposures[stage] ?? null))]);
  }
  return table.length === 0 ? "No stage has been deployed yet. First: pulumi up" : table.toString();
}

function renderExposure(exposure: number | null): string {
  if (exposure === null) return "not deployed";
  return exposure === 0 ? "off" : exposure === 100 ? "on" : `${exposure}%`;
}
