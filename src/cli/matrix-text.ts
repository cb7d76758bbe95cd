import Table from "cli-table3";
import { type Cell, type CellChange, cellOf, type MatrixComparison } from "../operations/compare-matrices.ts";
import type { ConfigMatrix } from "../operations/config-matrix.ts";
import { escapeMarkdown, table } from "../operations/documents/markdown.ts";

/** A table of texts, to be rendered for a terminal or as Markdown. */
export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A flag in one stage, in a few words. */
export function cellText(cell: Cell): string {
  if (cell === "absent") return "-";
  if (cell === "faulty") return cell;
  const words = [cell.exposure === 0 ? "off" : cell.exposure === 100 ? "on" : `${cell.exposure}%`];
  if (cell.killed) words.push(`killed${cell.asked > 0 ? ` (asks for ${cell.asked}%)` : ""}`);
  else if (cell.asked !== cell.exposure) words.push(`(asks for ${cell.asked}%)`);
  if (cell.testers) words.push("testers");
  if (cell.settled) words.push("settled");
  if (cell.routesTaken.length > 0) words.push(`without ${cell.routesTaken.join(", ")}`);
  return words.join(" ");
}

export function matrixTable(matrix: ConfigMatrix): TextTable {
  const columns = Object.entries(matrix.stages);
  return {
    head: ["flag", ...columns.map(([stage]) => stage)],
    rows: matrix.flags.map((flag) => [flag, ...columns.map(([, column]) => cellText(cellOf(column, flag)))]),
  };
}

/** @param mark makes a changed cell or name stand out */
export function comparisonTable(comparison: MatrixComparison, mark: (text: string) => string): TextTable {
  return {
    head: ["", "flag", ...comparison.stages],
    rows: comparison.rows.map((row) => [
      row.changed ? mark("*") : "",
      row.changed ? mark(row.flag) : row.flag,
      ...comparison.stages.map((stage) => changeText(row.stages[stage], mark)),
    ]),
  };
}

function changeText(cell: CellChange | undefined, mark: (text: string) => string): string {
  if (cell === undefined) return "-";
  return cell.changed ? mark(`${cellText(cell.before)} -> ${cellText(cell.after)}`) : cellText(cell.after);
}

/** For a terminal. */
export function renderTable({ head, rows }: TextTable): string {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** For a comment on a pull request: nothing that a name says is read as Markdown, but for asterisks around a whole cell. */
export function renderMarkdown({ head, rows }: TextTable): string {
  return table(
    head.map(escapeCell),
    rows.map((row) => row.map(escapeCell)),
  );
}

function escapeCell(text: string): string {
  const [, marked] = /^\*\*(.+)\*\*$/.exec(text) ?? [];
  return marked === undefined ? escapeMarkdown(text) : `**${escapeCell(marked)}**`;
}
