import type { FlagDetail, FlagInStage } from "../../operations/board/board.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";
import { part } from "./part.ts";
import { lines, moment } from "./table.ts";

/** How to take a flag back in each stage: the command as text, for a terminal; the board itself changes nothing. */
export function wayBack({ flag, stages }: FlagDetail): Markup {
  const intro = "The board changes nothing: run the command in the folder of the project.";
  const cards = stages.map((one) => markup`<li class="card"><h3>${one.stage}</h3>${offer(one)}${killCommand(flag, one)}</li>`);
  return part(flag, "way-back", "The way back", markup`<p class="aside intro">${intro}</p><ul class="cards">${cards}</ul>`);
}

function offer({ stage, rollback }: FlagInStage): Markup {
  if (rollback.kind === "none") return lines(rollback.reason.split("\n"));
  const { command, to, effects, obstacles } = rollback;
  return markup`<p class="line">back to update ${to.number} of ${moment(to.at)}${to.message === "" ? "" : ` (${to.message})`}</p><ul class="effects">${effects.map(
    (effect) => markup`<li>${effect}</li>`,
  )}</ul>${obstacles.map((text) => markup`<p class="line tone-bad">✕ stands against it: ${text}</p>`)}${commandBlock(command, `rollback in ${stage}`)}`;
}

/** For what cannot wait for the engine. */
function killCommand(flag: string, { stage, status }: FlagInStage): Markup {
  if (status === null || status.kill !== null || (status.exposure ?? 0) === 0) return NOTHING;
  return markup`<p class="line">off at once, whatever the engine does:</p>${commandBlock(`npx sluice kill ${flag} --stage ${stage} --reason "why"`, `kill in ${stage}`)}`;
}

/** A line to copy: one click takes all of it, and a long one scrolls within itself, by keyboard too. */
function commandBlock(command: string, name: string): Markup {
  // A line may break before an option, but not within.
  const [program = "", ...options] = command.split(/ (?=--)/);
  const words = markup`${program}${options.map((option) => markup` <span>${option}</span>`)}`;
  return markup`<pre class="command" tabindex="0" role="group" aria-label="Command: ${name}"><code>${words}</code></pre>`;
}
