import Table from "cli-table3";

/** One measurement beside its floor. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly floor: string;
  readonly ratio: string;
  readonly limit: string;
}

/** A row with neither floor nor limit. */
export function bare(what: string, measured: string): Row {
  return { what, measured, floor: "", ratio: "", limit: "" };
}

/** The row of what this machine cannot measure. */
export function leftOut(what: string, reason: string): Row {
  return bare(what, `left out: ${reason}`);
}

/** @throws Error where there are none */
export function median(numbers: readonly number[]): number {
  const middle = numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
  if (middle === undefined) throw new Error("nothing was measured of which there could be a median");
  return middle;
}

/** @param time in milliseconds */
export function seconds(time: number): string {
  return `${(time / 1_000).toFixed(2)} s`;
}

export function verdict(held: boolean): string {
  return held ? "held" : "MISSED";
}

export function renderRows(rows: readonly Row[]): string {
  const table = new Table({ head: ["what", "measured", "floor", "ratio", "limit"], style: { head: [], border: [] } });
  for (const row of rows) table.push([row.what, row.measured, row.floor, row.ratio, row.limit]);
  return table.toString();
}
