import { type Markup, markup } from "./markup.ts";

/** A part of a flag's page under a heading; its name is the flag's own, because a report has many flags. */
export function part(flag: string, name: string, title: string, body: Markup): Markup {
  const id = `${name}-${flag}`;
  return markup`<section id="${id}" class="${name}" aria-label="${title}: ${flag}"><h2>${title}</h2>${body}</section>`;
}
