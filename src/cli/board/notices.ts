import type { Board } from "../../operations/board/board.ts";
import { troublesOf } from "../status/troubles.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";

/** A sign and a word for each tone; the colour says it again. */
const TONES = { bad: ["✕", "wrong"], warning: ["!", "look"], aside: ["i", "note"] } as const;
type NoticeTone = keyof typeof TONES;

interface Notice {
  readonly tone: NoticeTone;
  readonly about: string;
  readonly text: string;
}

/** What is wrong with the stages, and what the board could not read, the worst first. */
export function notices(board: Board): Markup {
  const all = findNotices(board);
  if (all.length === 0) return NOTHING;
  const of = (tone: NoticeTone): Notice[] => all.filter((notice) => notice.tone === tone);
  const loud = [...of("bad"), ...of("warning")].map((one) =>
    item(one.tone, markup`<strong>${one.about}</strong> <span class="notice-text">${one.text}</span>`),
  );
  const asides = of("aside").map(({ about, text }) => markup`<p class="line">${about}: ${text}</p>`);
  const quiet = asides.length === 0 ? NOTHING : item("aside", markup`<div class="notice-text">${asides}</div>`);
  return markup`<section id="notices" aria-labelledby="notices-title"><h2 id="notices-title" class="quiet">What to look at</h2><ul class="notices">${loud}${quiet}</ul></section>`;
}

function findNotices({ status, lacks }: Board): Notice[] {
  const troubles = Object.entries(status?.stages ?? {}).flatMap(([stage, own]) =>
    troublesOf(stage, own).map(({ tone, text }): Notice => ({ tone: tone === "bad" || tone === "warning" ? tone : "aside", about: stage, text })),
  );
  const fault = status?.catalogFault ?? null;
  return [
    ...(fault === null ? [] : [{ tone: "bad" as const, about: "catalogue", text: fault }]),
    ...troubles,
    ...lacks.map(({ what, reason }): Notice => ({ tone: "warning", about: "missing here", text: `${what} cannot be read: ${reason}` })),
  ];
}

function item(tone: NoticeTone, body: Markup): Markup {
  const [sign, word] = TONES[tone];
  return markup`<li class="notice tone-${tone}"><span class="badge" aria-hidden="true">${sign}</span><span class="sr">${word}: </span>${body}</li>`;
}
