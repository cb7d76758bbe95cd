import type { StageSettings } from "../model/settings.ts";
import type { RolloutPlan } from "../plan/rollout-plan.ts";
import type { Input } from "../pulumi.ts";

/** What every target gets: the plan, the stage's settings, and the one secret. */
export interface TargetArgs {
  readonly plan: RolloutPlan;
  readonly settings: StageSettings;
  readonly testerSecret: Input<string> | null;
  /** The project's folder, absolute. */
  readonly root: string;
}
