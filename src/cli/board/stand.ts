import { formatDuration } from "../../model/moment.ts";
import type { FlagDetail, FlagInStage } from "../../operations/board/board.ts";
import type { FlagStatus } from "../../operations/status/flag-status.ts";
import type { NextStep } from "../../operations/status/next-step.ts";
import type { GateVerdict } from "../../plan/gate.ts";
import { cellText } from "../matrix-text.ts";
import { renderWho } from "../who-text.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";
import { part } from "./part.ts";
import { sinceWords, stateMark } from "./state-mark.ts";
import { moment } from "./table.ts";

/** Where a flag stands in each stage, one card after the other, with what the gates say of its next step. */
export function stand({ flag, stages, steps }: FlagDetail, now: Date): Markup {
  const cards = stages.map((one) => markup`<li class="card"><h3>${one.stage}</h3>${card(one, steps, now)}</li>`);
  return part(flag, "stand", "Where it stands", markup`<ol class="cards">${cards}</ol>`);
}

function card({ stage, status, deployed }: FlagInStage, steps: readonly number[], now: Date): Markup {
  if (status === null) return markup`<p class="empty">Its state cannot be read.</p>`;
  const { change, kill, routesTaken, pending, soak, exposure } = status;
  const since = sinceWords(status, now);
  return markup`<p class="card-state">${stateMark(status, deployed)}${since === null ? NOTHING : markup` <span class="aside">${since}</span>`}</p>${ladder(steps, kill === null ? exposure : 0)}${
    change === null
      ? NOTHING
      : markup`<p class="line">update ${change.update}${change.by === null ? "" : ` by ${renderWho(change.by)}`}, ${moment(change.at)}</p>`
  }${kill === null ? NOTHING : markup`<p class="line tone-bad">${killText(kill)}</p>`}${
    routesTaken.length === 0 ? NOTHING : markup`<p class="line tone-bad">without the routes ${routesTaken.join(", ")}</p>`
  }${
    pending === null
      ? NOTHING
      : markup`<p class="line tone-warning">not applied: Pulumi.${stage}.yaml says ${cellText(pending)}; <code>npx pulumi up --stack ${stage}</code></p>`
  }${soak === null ? NOTHING : markup`<p class="line ${soak.left === 0 ? "" : "tone-warning"}">${soakText(soak)}</p>`}${nextStep(stage, status.next)}`;
}

/** The catalogue's steps as rungs, those that are reached filled; the words beside it say it too. */
function ladder(steps: readonly number[], exposure: number | null): Markup {
  if (steps.length === 0 || exposure === null) return NOTHING;
  const rungs = steps.map((step) => markup`<span class="${step <= exposure ? "rung reached" : "rung"}">${step}</span>`);
  return markup`<p class="ladder"><span class="sr">steps of the catalogue, in per cent, of which ${steps.filter((step) => step <= exposure).length} are reached: </span>${rungs}</p>`;
}

function killText({ subject, by }: NonNullable<FlagStatus["kill"]>): string {
  return `${subject} is killed ${by === "config" ? "by the config" : "without the engine; no update has taken it up yet"}`;
}

function soakText({ needed, left, overAt }: NonNullable<FlagStatus["soak"]>): Markup {
  if (left === 0) return markup`soak of ${formatDuration(needed)} is over`;
  if (left === null || overAt === null) return markup`soak of ${formatDuration(needed)}: it is not known since when it is fully on`;
  return markup`soak of ${formatDuration(needed)}: ${formatDuration(left)} left, until ${moment(overAt)}`;
}

function nextStep(stage: string, next: NextStep): Markup {
  switch (next.kind) {
    case "full":
      return nextLine("there is no further step");
    case "removed":
      return nextLine(`none: the catalogue has it no more; npx pulumi up --stack ${stage} takes it away`);
    case "killed":
      return nextLine(`killed: revive ${next.subject} first`);
    case "unknown":
      return nextLine(`cannot be said, because ${next.reason}`);
    case "allowed":
    case "refused": {
      const refused = next.kind === "refused";
      const overridden = next.kind === "allowed" ? next.overridden : [];
      return markup`<p class="line next"><span class="aside">next</span> <strong>${next.to}%</strong> <span class="verdict ${refused ? "tone-bad" : "tone-good"}">${refused ? "✕ refused" : "✓ allowed"}</span></p><ul class="gates">${next.verdicts.map((verdict) => gate(stage, verdict))}</ul>${overridden.map(
        ({ reason }) => markup`<p class="line tone-warning">overridden: ${reason}</p>`,
      )}`;
    }
    default:
      return next satisfies never;
  }
}

function nextLine(text: string): Markup {
  return markup`<p class="line next"><span class="aside">next</span> ${text}</p>`;
}

function gate(stage: string, { gate: name, fact, refusal }: GateVerdict): Markup {
  const open = refusal === null;
  const ways = (refusal?.wayOut ?? "").split("\n").flatMap((way) => (way.trim() === "" ? [] : [way.trim()]));
  return markup`<li class="gate ${open ? "tone-good" : "tone-bad"}"><span class="badge" aria-hidden="true">${open ? "✓" : "✕"}</span><div><strong>${name}</strong> <span class="gate-word">${open ? "open" : "shut"}</span><p class="line">${fact}</p>${
    ways.length === 0
      ? NOTHING
      : markup`<details class="ways"><summary>Way out<span class="sr"> of the gate ${name} in ${stage}</span></summary>${ways.map((way) => markup`<p class="line">${way}</p>`)}</details>`
  }</div></li>`;
}
