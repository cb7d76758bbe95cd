import type { Catalog } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";
import { formatDuration, formatMoment } from "../model/moment.ts";
import { type StageSettings, settingOf } from "../model/settings.ts";
import type { GateFacts, GateVerdict, Raise } from "./gate.ts";
import { GATE_RULES } from "./gate-rules.ts";
import type { StageRecord } from "./stage-record.ts";

/** A refusal that a written reason has set aside. */
export interface Overridden {
  readonly flag: string;
  readonly reason: string;
  readonly refusal: string;
}

export interface GateDecision {
  /** Everything that was looked at, by flag and gate. */
  readonly verdicts: readonly GateVerdict[];
  readonly refusals: readonly Fault[];
  readonly overridden: readonly Overridden[];
}

/**
 * Decides whether each flag may be exposed, and settled, as its setting says. Gates are asked only of
 * what goes beyond what was let pass before: keeping and lowering are never refused.
 */
export function checkGates(catalog: Catalog, settings: StageSettings, facts: GateFacts): GateDecision {
  const verdicts = [
    ...raises(catalog, settings, facts.current).flatMap((raise) => GATE_RULES.flatMap((rule) => rule(raise, facts) ?? [])),
    ...newlySettled(settings, facts.current).map((flag) => settleVerdict(catalog, settings, flag, facts)),
  ];
  const refused = verdicts.flatMap(({ flag, refusal }) => (refusal === null ? [] : [{ flag, refusal, reason: settings.overrides[flag] }]));
  return {
    verdicts,
    refusals: refused.filter(({ reason }) => reason === undefined).map(({ refusal }) => refusal),
    overridden: refused.flatMap(({ flag, refusal, reason }) => (reason === undefined ? [] : [{ flag, reason, refusal: refusal.found }])),
  };
}

/** The flags whose settings ask for more than was let pass before. */
export function raises(catalog: Catalog, settings: StageSettings, current: StageRecord | null): Raise[] {
  const previousStage = catalog.stages[catalog.stages.indexOf(settings.stage) - 1] ?? null;
  return Object.keys(catalog.flags)
    .sort()
    .flatMap((flag) => {
      const { exposure } = settingOf(settings, flag);
      const definition = catalog.flags[flag];
      if (definition === undefined || exposure <= (current?.permitted[flag] ?? 0)) return [];
      return [{ flag, exposure, definition, catalog, settings, previousStage }];
    });
}

function newlySettled(settings: StageSettings, current: StageRecord | null): string[] {
  return Object.keys(settings.flags)
    .sort()
    .filter((flag) => settingOf(settings, flag).settled && current?.settled.includes(flag) !== true);
}

/** Without its warm variant a flag has no quick way back, so it must have proven itself first. */
function settleVerdict(catalog: Catalog, settings: StageSettings, flag: string, { current, now }: GateFacts): GateVerdict {
  const { stage } = settings;
  const needed = catalog.flags[flag]?.soak[stage] ?? 0;
  const since = current?.exposures[flag] === 100 ? current.since[flag] : undefined;
  const over = since === undefined ? null : new Date(Date.parse(since) + needed);
  const base = { gate: "soak" as const, flag };
  if (over !== null && now >= over)
    return { ...base, fact: `fully on since ${since ?? ""}, ${formatDuration(needed)} of soak are over`, refusal: null, opensAt: null };
  const because =
    over === null ? `${stage} does not have it fully on yet` : `its soak of ${formatDuration(needed)} in ${stage} is over at ${formatMoment(over)}`;
  return {
    ...base,
    fact: because,
    opensAt: over,
    refusal: {
      path: `flags.${flag}.settled`,
      found: `would be true, but ${because}`,
      allowed: "true once the soak in this stage is over",
      wayOut: `${over === null ? `first: npx pulumi config set --stack ${stage} --path 'flags.${flag}' true && npx pulumi up --stack ${stage}` : "wait"}\n           or give a reason: npx pulumi config set --stack ${stage} --path 'overrides.${flag}' "why"`,
    },
  };
}

/**
 * The stages whose records the gates need: none where no flag is exposed, so that a stage that is off
 * deploys without any other.
 */
export function neighbours(catalog: Catalog, settings: StageSettings): { readonly current: string | null; readonly previous: string | null } {
  if (Object.values(settings.flags).every((setting) => setting.exposure === 0)) return { current: null, previous: null };
  return { current: settings.stage, previous: catalog.stages[catalog.stages.indexOf(settings.stage) - 1] ?? null };
}
