import type { Board } from "../../operations/board/board.ts";
import { troublesOf } from "../status/troubles.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";

const ICONS = { bad: "✕", warning: "!", aside: "i", good: "✓", strong: "i" } as const;
const WORDS = { bad: "wrong", warning: "look", aside: "note", good: "good", strong: "note" } as const;

/** What is wrong with the stages, and what the board could not read. */
export function notices({ status, lacks }: Board): Markup {
  const troubles = Object.entries(status?.stages ?? {}).flatMap(([stage, own]) => troublesOf(stage, own).map((trouble) => ({ stage, ...trouble })));
  const fault = status?.catalogFault ?? null;
  const items = [
    ...(fault === null ? [] : [notice("bad", "catalogue", fault)]),
    ...troubles.map(({ stage, tone, text }) => notice(tone, stage, text)),
    ...lacks.map(({ what, reason }) => notice("warning", "missing here", `${what} cannot be read: ${reason}`)),
  ];
  if (items.length === 0) return NOTHING;
  return markup`<section id="notices" aria-labelledby="notices-title"><h2 id="notices-title" class="quiet">What to look at</h2><ul class="notices">${items}</ul></section>`;
}

function notice(tone: keyof typeof ICONS, about: string, text: string): Markup {
  return markup`<li class="notice tone-${tone}"><span class="badge" aria-hidden="true">${ICONS[tone]}</span><span class="sr">${WORDS[tone]}: </span><strong>${about}</strong> <span class="notice-text">${text}</span></li>`;
}
