import type { FlagDetail, Happening, HappeningKind } from "../../operations/board/board.ts";
import { renderWho } from "../who-text.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";
import { part } from "./part.ts";
import { lines, moment, older } from "./table.ts";

/** A sign for each kind; the text says it too. */
const SIGNS: Readonly<Record<HappeningKind, string>> = {
  raised: "↑",
  lowered: "↓",
  changed: "•",
  failed: "✕",
  operation: "•",
  drill: "↺",
  soak: "◷",
  expiry: "◷",
};

/** Items that show at once; older ones are there to be opened. */
const SHOWN = 10;

/** A flag's way through the stages, as a line of time with the newest on top. */
export function happenings({ flag, way }: FlagDetail, now: Date): Markup {
  const due = way.filter(({ at }) => at > now);
  const past = way.filter(({ at }) => at <= now);
  const items = [...due.map((one) => item(one, true)), ...past.map((one) => item(one, false))];
  if (items.length === 0) return part(flag, "way", "The way so far", markup`<p class="empty">Nothing has happened to it yet.</p>`);
  const list = (some: readonly Markup[]): Markup => markup`<ol class="timeline">${some}</ol>`;
  const rest = items.slice(SHOWN);
  return part(flag, "way", "The way so far", markup`${list(items.slice(0, SHOWN))}${older(rest.length, "the way so far", () => list(rest))}`);
}

function item({ kind, at, stage, text, details, by, update, amiss }: Happening, due: boolean): Markup {
  const origin = [...(update === null ? [] : [`update ${update}`]), ...(by === null ? [] : [`by ${renderWho(by)}`])].join(" ");
  return markup`<li class="happening ${kind}${due ? " due" : ""}${amiss ? " amiss" : ""}"><span class="sign" aria-hidden="true">${amiss ? "✕" : SIGNS[kind]}</span><p class="when">${moment(at)}${due ? " due" : ""}</p><div><p>${
    stage === null ? NOTHING : markup`<span class="stage-name">${stage}</span> `
  }<strong>${text}</strong> <span class="aside">${origin}</span></p>${lines(details)}</div></li>`;
}
