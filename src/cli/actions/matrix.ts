import { resolve } from "node:path";
import { compareMatrices } from "../../operations/compare-matrices.ts";
import { type ConfigMatrix, readConfigMatrix } from "../../operations/config-matrix.ts";
import { fenced } from "../../operations/documents/markdown.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";
import { comparisonTable, matrixTable, renderMarkdown, renderTable } from "../matrix-text.ts";
import { paint } from "../style.ts";

export interface MatrixOptions {
  readonly markdown?: true;
  readonly json?: true;
  readonly against?: string;
}

/** Prints what the config says, by itself or beside another checkout's. @returns 2 where a stage's config cannot be used */
export async function matrix(root: string, options: MatrixOptions): Promise<number> {
  const after = await readConfigMatrix(root);
  const before = options.against === undefined ? null : await readConfigMatrix(resolve(options.against));
  if (options.json === true) printJson(document(before, after));
  else process.stdout.write(`${options.markdown === true ? inMarkdown(before, after) : forTerminal(before, after)}\n`);
  return faultsOf(after).length === 0 ? EXIT.ok : EXIT.config;
}

function document(before: ConfigMatrix | null, after: ConfigMatrix): object {
  return before === null ? after : { before, after, ...compareMatrices(before, after) };
}

function forTerminal(before: ConfigMatrix | null, after: ConfigMatrix): string {
  const table = before === null ? matrixTable(after) : comparisonTable(compareMatrices(before, after), (text) => paint("warning", text));
  const faults = faultsOf(after).map(([stage, fault]) => `${paint("bad", stage)}\n${fault}`);
  return [after.flags.length === 0 && before === null ? "The catalogue has no flags." : renderTable(table), ...faults].join("\n\n");
}

function inMarkdown(before: ConfigMatrix | null, after: ConfigMatrix): string {
  const table = before === null ? matrixTable(after) : comparisonTable(compareMatrices(before, after), (text) => `**${text}**`);
  const faults = faultsOf(after).map(([, fault]) => fenced(fault));
  return [renderMarkdown(table), ...faults].join("\n\n");
}

function faultsOf(matrix: ConfigMatrix): (readonly [stage: string, fault: string])[] {
  return Object.entries(matrix.stages).flatMap(([stage, { fault }]) => (fault === null ? [] : [[stage, fault] as const]));
}
