import { resolve } from "node:path";
import { writeAtomically } from "../../files/write-atomically.ts";
import { nearest } from "../../model/fault.ts";
import type { Board } from "../../operations/board/board.ts";
import { readMetricsOnce } from "../../operations/board/metrics.ts";
import { readBoard } from "../../operations/board/read-board.ts";
import { OperationError } from "../../operations/errors.ts";
import { readAssets } from "../board/assets.ts";
import { renderReport } from "../board/page.ts";
import { EXIT } from "../exit-codes.ts";

export interface ReportOptions {
  readonly flag?: string;
  readonly output?: string;
}

/** Writes what the board shows as one HTML file that needs nothing else. */
export async function report(root: string, { flag, output }: ReportOptions, now: Date): Promise<number> {
  const board = await readBoard(root, flag === undefined ? "all" : { flag }, now, readMetricsOnce());
  if (flag !== undefined) requireShown(board, flag);
  const { css, cssHash } = await readAssets();
  const html = await renderReport(flag === undefined ? board : onlyFlag(board, flag), css, cssHash);
  if (output === undefined) process.stdout.write(html);
  else {
    await writeAtomically(resolve(output), html, 0o644);
    process.stdout.write(`${output} written\n`);
  }
  return EXIT.ok;
}

/** @throws OperationError where there is no such flag, with the nearest */
function requireShown({ rows, details }: Board, flag: string): void {
  if (details.length > 0) return;
  const flags = rows.map((row) => row.flag);
  const near = nearest(flag, flags);
  throw new OperationError("config", `There is no flag ${flag}; there is ${flags.join(", ")}.${near === null ? "" : ` Did you mean ${near}?`}`);
}

function onlyFlag(board: Board, flag: string): Board {
  return { ...board, rows: board.rows.filter((row) => row.flag === flag) };
}
