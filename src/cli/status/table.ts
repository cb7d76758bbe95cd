import Table from "cli-table3";
import type { StageStatus, Status } from "../../operations/status/read-status.ts";
import { paint } from "../style.ts";
import { cellLines } from "./cell.ts";
import { troublesOf } from "./troubles.ts";

/** Characters of a whole row, where the names leave room. */
const ROW = 100;
/** Characters of a line that a cell has at least. */
const NARROWEST = 20;

/** One row a flag, one column a stage; below it what is wrong with each stage. */
export function renderStatus(status: Status): string {
  const parts = [
    ...(status.catalogFault === null ? [] : [paint("bad", status.catalogFault)]),
    status.flags.length === 0 ? "The catalogue has no flags." : renderFlags(status),
    ...renderTroubles(status.stages),
  ];
  return parts.join("\n");
}

function renderFlags({ at, flags, stages }: Status): string {
  const columns = Object.entries(stages);
  const first = Math.max("flag".length, ...flags.map((flag) => flag.length)) + 2;
  // Each column has a border before it and a space on both sides of its text; the last has a border behind it.
  const width = Math.max(NARROWEST, Math.floor((ROW - first - 2) / Math.max(1, columns.length)) - 3);
  const table = new Table({
    head: ["flag", ...columns.map(([stage]) => stage)],
    colWidths: [first, ...columns.map(() => width + 2)],
    style: { head: [], border: [] },
    wordWrap: true,
  });
  for (const flag of flags) {
    const cells = columns.map(([, { flags: own, deployed }], index) => {
      const cell = own[flag];
      const place = { deployed, previous: columns[index - 1]?.[0] ?? null, now: at, width };
      return (cell === undefined ? [] : cellLines(flag, cell, place)).map(({ text, tone }) => (tone === null ? text : paint(tone, text))).join("\n");
    });
    table.push([flag, ...cells]);
  }
  return table.toString();
}

/** One line for each thing that is wrong, with its stage. */
export function renderTroubles(stages: Readonly<Record<string, StageStatus>>): string[] {
  return Object.entries(stages).flatMap(([stage, status]) => troublesOf(stage, status).map(({ tone, text }) => `${stage}: ${paint(tone, text)}`));
}
