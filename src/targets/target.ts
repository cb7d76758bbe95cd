import type { Catalog } from "../model/catalog.ts";
import type { StageSettings } from "../model/settings.ts";
import type { Target } from "../model/target.ts";
import type { MonitoringDocuments } from "../monitoring/documents.ts";
import type { RolloutPlan } from "../plan/rollout-plan.ts";
import type { RecordContent } from "../plan/stage-record.ts";
import type { Input } from "../pulumi.ts";

/** What every target gets: the plan, the stage's settings, and the one secret. */
export interface TargetArgs<Kind extends Target> {
  readonly plan: RolloutPlan;
  /** How each flag is watched. */
  readonly catalog: Pick<Catalog, "flags">;
  readonly settings: StageSettings;
  readonly target: Kind;
  /** What other stages and operators are told once the stage is live. */
  readonly record: RecordContent;
  /** Null where the stage asks for none. */
  readonly monitoring: MonitoringDocuments | null;
  readonly testerSecret: Input<string> | null;
  /** The project's folder, absolute. */
  readonly root: string;
}
