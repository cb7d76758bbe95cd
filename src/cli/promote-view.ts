import type { Figure, Figures, SideFigure } from "../analysis/verdict.ts";
import { formatDuration } from "../model/moment.ts";
import type { PromoteEvent } from "../operations/promote/events.ts";
import { isProven } from "../operations/rollback/proof.ts";
import { renderKillEvent } from "./actions/kill.ts";
import { bar, liveLine } from "./live-line.ts";
import { paint } from "./style.ts";

/** How often a promotion says how it goes where nothing can be written over, in milliseconds. */
const LINE_EVERY = 60_000;

/** Shows a promotion: a line for each thing that happened, and a live one while a step is watched. */
export function promoteView(): { show(event: PromoteEvent): void; end(): void } {
  const live = liveLine();
  let lastLine = -Infinity;
  let lastHold = "";
  const say = (text: string): void => {
    live.clear();
    process.stdout.write(`${text}\n`);
  };
  return {
    show(event) {
      if (event.kind !== "watching") {
        const text = renderEvent(event);
        if (text !== "") say(text);
        return;
      }
      const text = renderWatching(event);
      live.show(text);
      const hold = event.holding.map(({ metric }) => metric).join(" ");
      if (!process.stderr.isTTY && (hold !== lastHold || performance.now() - lastLine >= LINE_EVERY)) {
        lastLine = performance.now();
        lastHold = hold;
        say(`  ${text}`);
      }
    },
    end: () => live.clear(),
  };
}

function renderEvent(event: Exclude<PromoteEvent, { readonly kind: "watching" }>): string {
  switch (event.kind) {
    case "recovered":
      return event.done.map((text) => `first: ${text}`).join("\n");
    case "step":
      return event.resumed
        ? paint("strong", `${event.exposure}%: watched on, where an earlier start ended`)
        : paint("strong", `${event.from}% -> ${event.exposure}%`);
    case "gates":
      return event.verdicts
        .map(({ gate, fact, refusal }) => `  ${refusal === null ? paint("good", "gate") : paint("bad", "gate")} ${gate}: ${fact}`)
        .join("\n");
    case "previewed": {
      const changes = Object.entries(event.changes)
        .filter(([kind]) => kind !== "same")
        .map(([kind, count]) => `${count} to ${kind}`);
      return [`  preview: ${changes.length === 0 ? "nothing to do" : changes.join(", ")}`, ...event.effects.map((effect) => `    ${effect}`)].join("\n");
    }
    case "updated":
      return `  update ${event.update} in ${event.seconds.toFixed(1)} s`;
    case "verified":
      return `  traffic does what the state says, in ${event.checks} checks`;
    case "step-done":
      return `  ${paint("good", "held up")}: worked ${formatDuration(event.active)}, watched ${formatDuration(event.waiting)}`;
    case "breached":
      return [paint("bad", `  breach at ${event.exposure}%:`), ...event.why.map((why) => `    ${why}`)].join("\n");
    case "rolled-back":
      return `  rolled back in ${event.seconds.toFixed(1)} s, ${isProven(event.proof) ? "proven" : paint("bad", "NOT proven")}`;
    case "rollback-failed":
      return `  ${paint("bad", "the rollback failed")}: ${event.reason}`;
    case "kill":
      return `  ${renderKillEvent(event.event)}`;
    default:
      return event satisfies never;
  }
}

function renderWatching({ elapsed, duration, figures, holding }: Extract<PromoteEvent, { readonly kind: "watching" }>): string {
  const time = `${bar(duration === 0 ? 1 : elapsed / duration)} ${formatDuration(Math.min(elapsed, duration))} of ${formatDuration(duration)}`;
  const holds = holding.length === 0 ? "" : ` ${paint("warning", "holds")}: ${holding.map(({ metric, reason }) => `${metric}: ${reason}`).join("; ")}`;
  return `${time}${holds} ${renderFigures(figures)}`;
}

function renderFigures(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, figure]) => `${name} ${renderFigure(figure)}`)
    .join("  ");
}

function renderFigure(figure: Figure): string {
  switch (figure.kind) {
    case "value":
      return figure.value === null ? "none" : String(figure.value);
    case "share":
      return `${renderSide(figure.withFlag)} with, ${figure.without === null ? "nobody" : renderSide(figure.without)} without`;
    default:
      return figure satisfies never;
  }
}

function renderSide({ share, total, meanSeconds }: SideFigure): string {
  if (share === null) return "no requests";
  const latency = meanSeconds === null ? "" : `, ${(meanSeconds * 1000).toFixed(0)} ms`;
  return `${(share * 100).toFixed(1)}% of ${total}${latency}`;
}
