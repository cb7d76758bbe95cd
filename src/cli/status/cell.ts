import { formatDuration } from "../../model/moment.ts";
import type { FlagStatus } from "../../operations/status/flag-status.ts";
import type { NextStep } from "../../operations/status/next-step.ts";
import { cellText } from "../matrix-text.ts";
import { printable } from "../printable.ts";
import type { Tone } from "../style.ts";
import { shortWho } from "../who-text.ts";
import { exposureWords, refusalWords } from "./words.ts";

/** A line of a cell, and what it is to the reader; null for plain text. */
export interface Line {
  readonly text: string;
  readonly tone: Tone | null;
}

/** Where a cell stands. */
export interface Place {
  /** Null where the stage's state cannot be read. */
  readonly deployed: boolean | null;
  /** The stage before; null for the first. */
  readonly previous: string | null;
  readonly now: Date;
  /** Characters of a line. */
  readonly width: number;
}

/** A flag in one stage, in a few short lines: how far and since when, by what update, what it waits for, what may come next. */
export function cellLines(flag: string, status: FlagStatus, place: Place): Line[] {
  const { change, routesTaken, pending, soak } = status;
  return [
    headLine(status, place),
    ...killLines(flag, status),
    ...(routesTaken.length === 0 ? [] : [line(`without ${routesTaken.join(", ")}`, "bad")]),
    ...(change === null ? [] : [line(`#${change.update} ${shortWho(change.by, place.width - String(change.update).length - 2)}`.trimEnd(), "aside")]),
    ...(pending === null ? [] : [line(`not applied: ${cellText(pending)}`, "warning")]),
    ...(soak === null || soak.left === 0 ? [] : [line(soak.left === null ? "soak unknown" : `soak ${formatDuration(soak.left)} left`, "warning")]),
    ...nextLines(status.next, place),
  ];
}

function line(text: string, tone: Tone | null = null): Line {
  return { text: printable(text), tone };
}

function headLine(status: FlagStatus, { deployed, now }: Place): Line {
  const words = exposureWords(status, deployed);
  const since = status.since === null ? "" : ` since ${formatDuration(Math.max(0, now.getTime() - Date.parse(status.since)))}`;
  if (status.exposure === null) return line(words, deployed === null ? "bad" : "aside");
  // When a standing kill took effect is not written anywhere; the record speaks of what was before.
  if (status.kill !== null) return line(status.kill.by === "standing" ? words : `${words}${since}`, "bad");
  return line(`${words}${since}`, status.exposure > 0 ? "good" : null);
}

function killLines(flag: string, { kill, exposure }: FlagStatus): Line[] {
  if (kill === null) return [];
  const lines = kill.subject === flag ? [] : [line(`with ${kill.subject}`, "bad")];
  return kill.by === "standing" ? [...lines, line(`the state says ${exposure ?? 0}%`, "warning")] : lines;
}

function nextLines(next: NextStep, { previous, now }: Place): Line[] {
  switch (next.kind) {
    case "full":
      return [];
    case "removed":
      return [line("not in the catalogue", "warning")];
    case "killed":
      return [line("next: revive first")];
    case "unknown":
      return [line("next: unknown", "warning")];
    case "allowed":
      return [line(`next ${next.to}%: ${next.overridden.length > 0 ? "overridden" : "allowed"}`, next.overridden.length > 0 ? "warning" : "good")];
    case "refused": {
      const reasons = next.verdicts.filter(({ refusal }) => refusal !== null).map((verdict) => refusalWords(verdict, previous, now));
      return [line(`next ${next.to}%: ${reasons.join(", ")}`)];
    }
    default: {
      const never: never = next;
      return never;
    }
  }
}
