import type { Model } from "../../config/parse.ts";
import type { Catalog } from "../../model/catalog.ts";
import type { Setting, StageSettings } from "../../model/settings.ts";
import { checkGates } from "../../plan/check-gates.ts";
import type { GateFacts, GateName } from "../../plan/gate.ts";
import { planRollout } from "../../plan/plan.ts";
import { type StageRecord, stageRecord } from "../../plan/stage-record.ts";

/** Whether gates let a flag go to an exposure, and which refuse it. */
export interface Verdict {
  readonly allowed: boolean;
  /** Every gate that refuses, with what it found. */
  readonly refused: readonly { readonly gate: GateName; readonly because: string }[];
}

/** How a stage came to have a flag as it has. */
export interface Reached {
  readonly setting: Setting;
  readonly killed: boolean | readonly string[];
  /** Since when. */
  readonly since: Date;
}

/** The settings of a stage with one flag as it is asked, and no other word on it. */
export function withFlag(settings: StageSettings, flag: string, { setting, killed }: Pick<Reached, "setting" | "killed">): StageSettings {
  const kill = killed === false ? {} : { [flag]: killed };
  return { ...settings, flags: { ...settings.flags, [flag]: setting }, kill };
}

/** The record that a stage would have, had the flag come to it like that. */
export function recordOf({ catalog, settings }: Model, flag: string, reached: Reached): StageRecord {
  const asIf = withFlag(settings, flag, reached);
  const content = stageRecord(planRollout(catalog, asIf), asIf);
  return { ...content, since: Object.fromEntries(Object.keys(content.exposures).map((name) => [name, reached.since.toISOString()])) };
}

/**
 * Asks the gates of a stage for one exposure of a flag.
 * @param current what the stage runs; null where it was never deployed
 * @param previous what the stage before runs; null for the first, and where it was never deployed
 */
export function verdictOf(model: Model, flag: string, exposure: number, current: StageRecord | null, previous: StageRecord | null, now: Date): Verdict {
  return judge(model.catalog, withFlag(model.settings, flag, { setting: { exposure, testers: false, settled: false }, killed: false }), {
    now,
    current,
    previous,
    freeze: null,
    drills: {},
    rehearsed: {},
    actor: "ann@example.org",
  });
}

/** Asks the gates for settings as they are. */
export function judge(catalog: Catalog, settings: StageSettings, facts: GateFacts): Verdict {
  const { verdicts, refusals } = checkGates(catalog, settings, facts);
  const refused = verdicts.flatMap(({ gate, fact, refusal }) => (refusal === null ? [] : [{ gate, because: fact }]));
  return { allowed: refusals.length === 0, refused };
}
