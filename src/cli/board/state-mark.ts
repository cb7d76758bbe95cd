import { formatDuration } from "../../model/moment.ts";
import type { FlagStatus } from "../../operations/status/flag-status.ts";
import { exposureWords } from "../status/words.ts";
import { type Markup, markup } from "./markup.ts";

/** How a state is shown: its words say it all, shape and colour say it again. */
export type Look = "off" | "part" | "on" | "settled" | "killed" | "absent" | "unknown";

export function lookOf(status: FlagStatus, deployed: boolean | null): Look {
  const { exposure, kill, settled } = status;
  if (exposure === null) return deployed === null ? "unknown" : "absent";
  if (kill !== null) return "killed";
  if (exposure === 0) return "off";
  if (exposure < 100) return "part";
  return settled ? "settled" : "on";
}

/** A flag's state in one stage as a mark and words. @param status null where it is not known */
export function stateMark(status: FlagStatus | null, deployed: boolean | null): Markup {
  const look = status === null ? "unknown" : lookOf(status, deployed);
  const words = status === null ? "unreadable" : exposureWords(status, deployed);
  return markup`<span class="state state-${look}">${glyph(look, status?.exposure ?? 0)}<span class="state-words">${words}</span></span>`;
}

/** Since when it is so, such as `since 2h 5m`; null where that is not known: a kill that no update has taken up is written nowhere. */
export function sinceWords({ since, exposure, kill }: FlagStatus, now: Date): string | null {
  if (since === null || exposure === null || kill?.by === "standing") return null;
  return `since ${formatDuration(Math.max(0, now.getTime() - Date.parse(since)))}`;
}

/** A disc that is filled as far as the flag is on. */
function glyph(look: Look, exposure: number): Markup {
  return markup`<svg class="glyph" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">${shape(look, exposure)}</svg>`;
}

const RING = markup`<circle cx="10" cy="10" r="8.25" class="ring" />`;

function shape(look: Look, exposure: number): Markup {
  switch (look) {
    case "off":
      return RING;
    case "part":
      // A stroke as wide as its circle's radius twice makes a slice; its length is a share of the circumference.
      return markup`${RING}<circle cx="10" cy="10" r="3" class="slice" pathLength="100" stroke-dasharray="${exposure} 100" transform="rotate(-90 10 10)" />`;
    case "on":
      return markup`${RING}<circle cx="10" cy="10" r="6" class="disc" />`;
    case "settled":
      return markup`<circle cx="10" cy="10" r="9" class="disc" /><path d="M5.8 10.4l2.9 2.9 5.6-6.2" class="tick" />`;
    case "killed":
      return markup`${RING}<path d="M6.6 6.6l6.8 6.8M13.4 6.6l-6.8 6.8" class="cross" />`;
    case "absent":
      return markup`<circle cx="10" cy="10" r="8.25" class="ring dashed" />`;
    case "unknown":
      return markup`<circle cx="10" cy="10" r="8.25" class="ring dashed" /><path d="M10 5.5v5.5M10 13.6v.4" class="cross" />`;
    default:
      return look satisfies never;
  }
}
