import Table from "cli-table3";

/** Rounds of which the median counts. */
export const ROUNDS = 7;

/** One measurement beside its floor. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly floor: string;
  readonly ratio: string;
  readonly limit: string;
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

export function renderRows(rows: readonly Row[]): string {
  const table = new Table({ head: ["what", "measured", "floor", "ratio", "limit"], style: { head: [], border: [] } });
  for (const row of rows) table.push([row.what, row.measured, row.floor, row.ratio, row.limit]);
  return table.toString();
}
