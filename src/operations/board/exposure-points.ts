import type { Update } from "../history.ts";
import type { ExposuresOf } from "../status/last-changes.ts";
import type { ExposurePoint } from "./board.ts";

/** What successful updates left a flag at, one point for each change. An update whose config cannot be read any more is passed over. */
export function exposurePoints(history: readonly Update[], flag: string, exposuresOf: ExposuresOf): ExposurePoint[] {
  const points: ExposurePoint[] = [];
  for (const update of history) {
    const exposure = exposureAfter(update, flag, exposuresOf);
    if (exposure !== null && exposure !== points.at(-1)?.exposure) points.push({ at: update.endedAt, exposure });
  }
  return points;
}

/** Per cent that an update left a flag at; null where it left it as it was, as far as is known. */
export function exposureAfter(update: Update, flag: string, exposuresOf: ExposuresOf): number | null {
  if (!update.succeeded) return null;
  if (update.kind === "destroy") return 0;
  if (update.kind !== "update") return null;
  const exposures = exposuresOf(update);
  return exposures === null ? null : (exposures.get(flag) ?? 0);
}

/**
 * The points to draw up to a moment: the state may say otherwise than the history can, and a kill that no
 * update has taken up is in neither.
 * @param now per cent of visitors who have it; null where that is not known
 */
export function untilNow(points: readonly ExposurePoint[], now: number | null, at: Date): ExposurePoint[] {
  const exposure = now ?? points.at(-1)?.exposure;
  return exposure === undefined || points.length === 0 ? [...points] : [...points, { at, exposure }];
}
