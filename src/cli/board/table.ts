import { type Markup, markup, NOTHING } from "./markup.ts";

/** A table that a narrow page shows as cards; the roles keep it a table there. @param name says what it is, to those who cannot see where it stands */
export function table(name: string, head: readonly string[], rows: readonly (readonly (Markup | string)[])[]): Markup {
  return markup`<table class="lines" role="table" aria-label="${name}">
<thead role="rowgroup"><tr role="row">${head.map((text) => markup`<th role="columnheader" scope="col">${text}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(
    (row) => markup`<tr role="row">${row.map((cell, index) => markup`<td role="cell" data-label="${head[index] ?? ""}"><div>${cell}</div></td>`)}</tr>`,
  )}</tbody>
</table>`;
}

/** One paragraph a line. */
export function lines(texts: readonly string[]): Markup {
  return markup`${texts.map((text) => markup`<p class="line">${text}</p>`)}`;
}

/** What is older, to be opened; nothing where there is none. @param of what it is of, for those who cannot see where it stands */
export function older(count: number, of: string, body: () => Markup): Markup {
  if (count === 0) return NOTHING;
  return markup`<details class="older"><summary>${count} older<span class="sr"> of: ${of}</span></summary>${body()}</details>`;
}

/** A moment in UTC, for people and programs. */
export function moment(at: Date): Markup {
  const iso = at.toISOString();
  return markup`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")}Z</time>`;
}
