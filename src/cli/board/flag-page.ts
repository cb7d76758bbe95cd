import { formatDuration } from "../../model/moment.ts";
import type { FlagDetail } from "../../operations/board/board.ts";
import { happenings } from "./happenings.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";
import { measures } from "./measures.ts";
import { records } from "./records.ts";
import { stand } from "./stand.ts";
import { wayBack } from "./way-back.ts";

/** Everything about one flag, below its heading. @param noted what is wrong or missing */
export function flagPage(detail: FlagDetail, now: Date, noted: Markup): Markup {
  return markup`${about(detail)}${noted}${stand(detail, now)}${measures(detail, now)}${wayBack(detail)}${happenings(detail, now)}${records(detail)}`;
}

/** What the catalogue says of it. */
function about({ flag, definition }: FlagDetail): Markup {
  if (definition === null) return markup`<section id="about-${flag}"><p class="about">The catalogue has it no more, or cannot be used.</p></section>`;
  const { description, owner, expires, services, routes, requires, soak, drill, review } = definition;
  const soaks = Object.entries(soak).filter(([, time]) => time > 0);
  const facts: readonly (readonly [string, string] | null)[] = [
    ["owner", owner],
    ["expires", expires],
    ["services", services.join(", ")],
    ...Object.entries(routes).map(([name, { rule, service }]) => [`route ${name}`, `${rule} to ${service}`] as const),
    requires.length === 0 ? null : ["requires", requires.join(", ")],
    soaks.length === 0 ? null : ["soak", soaks.map(([stage, time]) => `${stage} ${formatDuration(time)}`).join(", ")],
    drill === null ? null : ["drill", `not older than ${formatDuration(drill)}`],
    review ? ["review", "someone else approves each raise"] : null,
  ];
  return markup`<section id="about-${flag}"><p class="about">${description}</p><dl class="facts">${facts.map((fact) =>
    fact === null ? NOTHING : markup`<div><dt>${fact[0]}</dt><dd>${fact[1]}</dd></div>`,
  )}</dl></section>`;
}
