import type { Board, FlagRow } from "../../operations/board/board.ts";
import type { FlagStatus } from "../../operations/status/flag-status.ts";
import type { Status } from "../../operations/status/read-status.ts";
import { cellLines } from "../status/cell.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";
import { notices } from "./notices.ts";
import { sparkline } from "./sparkline.ts";
import { sinceWords, stateMark } from "./state-mark.ts";

/** Gives the address of a flag's part: a page of its own on the board, a place in the same file in a report. */
export type FlagAddress = (flag: string) => string;

/** The matrix of flags and stages, and what is wrong or missing. */
export function overview(board: Board, addressOf: FlagAddress): Markup {
  return markup`${notices(board)}<section id="matrix" aria-labelledby="matrix-title"><h2 id="matrix-title">Flags and stages</h2>${matrix(board, addressOf)}</section>`;
}

function matrix({ status, rows }: Board, addressOf: FlagAddress): Markup {
  if (rows.length === 0) return markup`<p class="empty">The catalogue has no flags.</p>`;
  if (status === null)
    return markup`<ul class="plain">${rows.map(({ flag }) => markup`<li><a href="${addressOf(flag)}">${flag}</a>: its stages cannot be read</li>`)}</ul>`;
  const stages = Object.keys(status.stages);
  // A narrow page shows rows as cards, and takes the sense of a table from the elements; the roles keep it.
  return markup`<table class="matrix" role="table" aria-labelledby="matrix-title">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Flag</th>${stages.map((stage) => markup`<th role="columnheader" scope="col">${stage}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => rowMarkup(row, status, addressOf))}</tbody>
</table>`;
}

function rowMarkup(row: FlagRow, status: Status, addressOf: FlagAddress): Markup {
  const { flag } = row;
  const definition = status.definitions[flag];
  const about =
    definition === undefined
      ? markup`<p class="about">not in the catalogue</p>`
      : markup`<p class="about">${clip(definition.description)}</p><p class="aside">${definition.owner} · expires ${definition.expires}</p>`;
  return markup`<tr role="row"><th role="rowheader" scope="row"><a class="flag-name" href="${addressOf(flag)}">${breakable(flag)}</a>${about}</th>${Object.entries(
    status.stages,
  ).map(([stage, own], index, all) => {
    const cell = own.flags[flag];
    return markup`<td role="cell"><span class="cell-stage" aria-hidden="true">${stage}</span>${
      cell === undefined ? NOTHING : cellMarkup(row, stage, cell, own.deployed, all[index - 1]?.[0] ?? null, status.at)
    }</td>`;
  })}</tr>`;
}

/** Where a name is told short, characters of it; the rest is on the flag's page. */
const NAME_WIDTH = 28;

function cellMarkup({ flag, exposures }: FlagRow, stage: string, cell: FlagStatus, deployed: boolean | null, previous: string | null, now: Date): Markup {
  // The first line is the state, which the mark says.
  const lines = cellLines(flag, cell, { deployed, previous, now, width: NAME_WIDTH }).slice(1);
  const since = sinceWords(cell, now);
  return markup`<div class="cell"><div class="cell-head">${stateMark(cell, deployed)}${sparkline(exposures[stage] ?? [])}</div>${
    since === null ? NOTHING : markup`<p class="aside">${since}</p>`
  }${lines.map(({ text, tone }) => markup`<p class="${tone === null ? "line" : `line tone-${tone}`}">${text}</p>`)}</div>`;
}

/** A description in the matrix, in characters. */
const LONGEST_ABOUT = 160;

function clip(text: string): string {
  return text.length > LONGEST_ABOUT ? `${text.slice(0, LONGEST_ABOUT)}…` : text;
}

/** A name that may break after its underscores. */
export function breakable(name: string): Markup {
  const parts = name.split("_");
  return markup`${parts.map((part, index) => (index === parts.length - 1 ? part : markup`${part}_<wbr />`))}`;
}
