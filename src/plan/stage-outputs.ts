import type { Kill, StageSettings } from "../model/settings.ts";
import { edgesOf } from "../model/target.ts";
import type { RolloutPlan, ServicePlan } from "./rollout-plan.ts";
import { stageRecord } from "./stage-record.ts";

/** What a stage shows to people. */
export interface StageOutputs {
  readonly stage: string;
  readonly target: string;
  /** Per cent of visitors for each flag of the catalogue, after kills and prerequisites. */
  readonly exposures: Readonly<Record<string, number>>;
  readonly kills: Readonly<Record<string, Kill>>;
  /** The reasons given for exposing a flag against the order. */
  readonly overrides: Readonly<Record<string, string>>;
  /** Where the stage takes requests. */
  readonly url: string;
  /** For each service, which share of visitors sees which flags. */
  readonly visitors: Readonly<Record<string, string>>;
}

/** The outputs of a stage, from its plan and its settings. */
export function stageOutputs(plan: RolloutPlan, settings: StageSettings): StageOutputs {
  return {
    stage: settings.stage,
    target: settings.target.kind,
    exposures: stageRecord(plan, settings).exposures,
    kills: settings.kill,
    overrides: settings.overrides,
    url: edgesOf(settings.target)
      .flatMap(({ url }) => url ?? [])
      .join(", "),
    visitors: Object.fromEntries(Object.entries(plan.services).map(([name, service]) => [name, describeCohorts(service)])),
  };
}

/** Such as `25% with ELEVENLABS_AGENT_ENABLED, 75% without flags; testers with ELEVENLABS_AGENT_ENABLED`. */
function describeCohorts(service: ServicePlan): string {
  const flagsOf = (name: string): string => {
    const flags = service.variants.find((variant) => variant.name === name)?.flags ?? [];
    return flags.length === 0 ? "without flags" : `with ${flags.join(" + ")}`;
  };
  const shares = service.cohorts.map((cohort) => `${cohort.weight}% ${flagsOf(cohort.variant)}`).join(", ");
  return service.testers === null ? shares : `${shares}; testers ${flagsOf(service.testers)}`;
}
