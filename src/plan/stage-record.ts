import { z } from "zod";
import { type StageSettings, settingOf } from "../model/settings.ts";
import type { RolloutPlan } from "./rollout-plan.ts";

/** Name of the resource that keeps the record, whatever the target. */
export const RECORD_NAME = "stage.json";

/**
 * What a stage is known to run. Kept as a resource of its own, written after everything else, because
 * the engine drops or renews a stack's outputs even when an update fails half-way.
 */
export interface StageRecord {
  /** Per cent of visitors who have each flag, after kills and prerequisites. */
  readonly exposures: Readonly<Record<string, number>>;
  /** Per cent that the settings ask for, which the order has let pass; a kill does not lower it. */
  readonly permitted: Readonly<Record<string, number>>;
}

const recordFile = z.looseObject({ content: z.string() });
const recordContent = z.object({ exposures: z.record(z.string(), z.number()), permitted: z.record(z.string(), z.number()) });

/**
 * Finds the record among a stack's resources; null where there is none.
 * @param resources URN and properties of each
 * @throws Error when its content is no record
 */
export function findRecord(resources: Iterable<readonly [urn: string, properties: unknown]>): StageRecord | null {
  for (const [urn, properties] of resources) {
    if (!urn.endsWith(`::${RECORD_NAME}`)) continue;
    const file = recordFile.safeParse(properties);
    return file.success ? recordContent.parse(JSON.parse(file.data.content)) : null;
  }
  return null;
}

/** The record of a plan and the settings that it came from. */
export function stageRecord(plan: RolloutPlan, settings: StageSettings): StageRecord {
  return {
    exposures: Object.fromEntries(plan.knownFlags.map((flag) => [flag, plan.flags[flag]?.exposure ?? 0])),
    permitted: Object.fromEntries(plan.knownFlags.map((flag) => [flag, settingOf(settings, flag).exposure])),
  };
}
