import { type Exposure, effectiveExposures } from "../../model/exposure.ts";
import type { Update } from "../history.ts";
import { modelOrNull, type Project } from "../project.ts";

/** Who had each flag from one update on. */
export interface Moment {
  readonly at: Date;
  /** By flag of the catalogue of then; empty after a destroy. */
  readonly exposures: ReadonlyMap<string, Exposure>;
}

/** What a stage's updates did to its flags, oldest first. Updates whose config cannot be read any more are left out. */
export function timelineOf(project: Project, stage: string, history: readonly Update[]): Moment[] {
  return history
    .filter((update) => update.succeeded)
    .flatMap((update): Moment[] => {
      if (update.kind === "destroy") return [{ at: update.endedAt, exposures: new Map() }];
      if (update.kind !== "update") return [];
      const model = modelOrNull(project, stage, update.config);
      return model === null ? [] : [{ at: update.endedAt, exposures: effectiveExposures(model.catalog, model.settings) }];
    });
}

/** Since when a flag has been so without a break; null where it is not so now. */
export function heldSince(timeline: readonly Moment[], flag: string, holds: (exposure: Exposure) => boolean): Date | null {
  let since: Date | null = null;
  for (const { at, exposures } of timeline.toReversed()) {
    const exposure = exposures.get(flag);
    if (exposure === undefined || !holds(exposure)) break;
    since = at;
  }
  return since;
}
