import { z } from "zod";
import { type StageSettings, settingOf } from "../model/settings.ts";
import type { RolloutPlan } from "./rollout-plan.ts";

/** Name of the resource that keeps the record, whatever the target. */
export const RECORD_NAME = "stage.json";

/**
 * What a stage is known to run. Kept as a resource of its own, written after everything else, because
 * the engine drops or renews a stack's outputs even when an update fails half-way.
 */
export interface StageRecord extends RecordContent {
  /** By flag, the moment (ISO 8601) from which it really has had its exposure: when the record was written, after Traefik had switched. */
  readonly since: Readonly<Record<string, string>>;
}

/** The part of the record that follows from the config. */
export interface RecordContent {
  /** Per cent of visitors who have each flag, after kills and prerequisites. */
  readonly exposures: Readonly<Record<string, number>>;
  /** Per cent that the settings ask for, which the gates have let pass; a kill does not lower it. */
  readonly permitted: Readonly<Record<string, number>>;
  /** Flags that the settings call settled, sorted. */
  readonly settled: readonly string[];
  /** By key of the config, the digest of the file that its value stands in; left out where there are none. */
  readonly ownFiles?: Readonly<Record<string, string>> | undefined;
}

const recordResource = z.looseObject({ content: z.string(), since: z.record(z.string(), z.string()).default({}) });
const recordContent = z.object({
  exposures: z.record(z.string(), z.number()),
  permitted: z.record(z.string(), z.number()),
  settled: z.array(z.string()).default([]),
  ownFiles: z.record(z.string(), z.string()).optional(),
});

/**
 * Finds the record among a stack's resources; null where there is none.
 * @param resources URN and outputs of each
 * @throws Error when its content is no record
 */
export function findRecord(resources: Iterable<readonly [urn: string, outputs: unknown]>): StageRecord | null {
  for (const [urn, outputs] of resources) {
    if (!urn.endsWith(`::${RECORD_NAME}`)) continue;
    const found = recordResource.safeParse(outputs);
    return found.success ? { ...recordContent.parse(JSON.parse(found.data.content)), since: found.data.since } : null;
  }
  return null;
}

/**
 * The record of a plan and the settings that it came from.
 * @param ownFiles by key of the config, the digest of the file that its value stands in
 */
export function stageRecord(plan: RolloutPlan, settings: StageSettings, ownFiles: Readonly<Record<string, string>> = {}): RecordContent {
  return {
    exposures: Object.fromEntries(plan.knownFlags.map((flag) => [flag, plan.flags[flag]?.exposure ?? 0])),
    permitted: Object.fromEntries(plan.knownFlags.map((flag) => [flag, settingOf(settings, flag).exposure])),
    settled: plan.knownFlags.filter((flag) => settingOf(settings, flag).settled),
    ...(Object.keys(ownFiles).length === 0 ? {} : { ownFiles }),
  };
}
