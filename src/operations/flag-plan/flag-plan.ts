import type { Model } from "../../config/parse.ts";
import type { Catalog, FlagDefinition } from "../../model/catalog.ts";
import { dependents } from "../../model/exposure.ts";
import { planRollout } from "../../plan/plan.ts";
import { asIfRaised } from "../documents/as-if-raised.ts";
import { type Criterion, criteriaOf } from "../documents/criteria.ts";
import type { FlagStatus } from "../status/flag-status.ts";

/** The plan of one flag's rollout, for a change request. */
export interface FlagPlan {
  readonly at: Date;
  readonly flag: string;
  readonly definition: FlagDefinition;
  /** Flags that require this one, directly or not, sorted. */
  readonly dependents: readonly string[];
  readonly stages: readonly StagePlan[];
}

export interface StagePlan {
  readonly stage: string;
  /** The stage before; null for the first. */
  readonly previous: string | null;
  /** Null where the state cannot be read. */
  readonly deployed: boolean | null;
  /** What it is as deployed, with what the gates say now; null where that cannot be read. */
  readonly status: FlagStatus | null;
  /** Milliseconds that each step is watched. */
  readonly watched: number;
  /** Milliseconds that it must be fully on before the next stage may raise it. */
  readonly soak: number;
  /** Names of the freezes that hold here. */
  readonly freezes: readonly string[];
  readonly steps: readonly StepPlan[];
  /** What the steps take for granted beside the flag itself. */
  readonly assumed: {
    /** What is killed, as `sluice revive` names it. */
    readonly revived: readonly string[];
    /** Flags that it requires, and that are less far on here than it would be. */
    readonly raised: readonly string[];
  };
  /** What must hold at each step below 100 per cent, or at the only one. */
  readonly criteria: readonly Criterion[];
  /** Why the rest of the stage is not known; null where it is. */
  readonly fault: string | null;
}

/** Who sees what of each service that reads the flag at one exposure. */
export interface StepPlan {
  readonly exposure: number;
  readonly seen: readonly Cohorts[];
}

export interface Cohorts {
  readonly service: string;
  /** Adds up to 100. */
  readonly shares: readonly { readonly variant: string; readonly flags: readonly string[]; readonly weight: number }[];
}

/** What is known of a stage: its model, and the flag's status in it; or why not. */
export interface KnownStage {
  readonly stage: string;
  readonly model: Model | null;
  /** Null where the state cannot be read. */
  readonly deployed: boolean | null;
  readonly status: FlagStatus | null;
  readonly fault: string | null;
}

/** Plans one flag's rollout. @param known the stages to plan, in the order of the catalogue */
export function planFlag(catalog: Catalog, flag: string, definition: FlagDefinition, known: readonly KnownStage[], now: Date): FlagPlan {
  const others = [...dependents(catalog, flag)].filter((other) => other !== flag).sort();
  return { at: now, flag, definition, dependents: others, stages: known.map((one) => planStage(catalog, flag, definition, one)) };
}

function planStage(catalog: Catalog, flag: string, definition: FlagDefinition, { stage, model, deployed, status, fault }: KnownStage): StagePlan {
  const partial = catalog.steps.find((step) => step < 100) ?? 100;
  return {
    stage,
    previous: catalog.stages[catalog.stages.indexOf(stage) - 1] ?? null,
    deployed,
    status,
    watched: definition.watch.duration[stage] ?? 0,
    soak: definition.soak[stage] ?? 0,
    freezes: catalog.freezes.filter(({ stages }) => stages.includes(stage)).map(({ name }) => name),
    steps: model === null ? [] : catalog.steps.map((exposure) => planStep(model, flag, exposure)),
    assumed: assumedOf(model, flag, status),
    criteria: model === null ? [] : criteriaOf(model, flag, partial),
    fault,
  };
}

/** A kill that no update has taken up yet is known by the status alone. */
function assumedOf(model: Model | null, flag: string, status: FlagStatus | null): StagePlan["assumed"] {
  const { revived, raised } = model === null ? { revived: [], raised: [] } : asIfRaised(model, flag, 100);
  const standing = status?.next.kind === "killed" ? [status.next.subject] : [];
  return { revived: [...new Set([...revived, ...standing])].sort(), raised };
}

/** What the stage's config makes of the flag at an exposure, all flags that it does not require as they are in it. */
function planStep(model: Model, flag: string, exposure: number): StepPlan {
  const plan = planRollout(model.catalog, asIfRaised(model, flag, exposure).settings);
  const seen = Object.entries(plan.services).flatMap(([service, { flags, cohorts, variants }]): Cohorts[] => {
    if (!flags.includes(flag)) return [];
    const shares = cohorts.map(({ variant, weight }) => ({ variant, weight, flags: variants.find(({ name }) => name === variant)?.flags ?? [] }));
    return [{ service, shares }];
  });
  return { exposure, seen };
}
