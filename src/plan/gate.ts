import type { Catalog, FlagDefinition } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";
import type { StageSettings } from "../model/settings.ts";
import type { StageRecord } from "./stage-record.ts";

/** A reason not to go on. All but `metrics` hold in plain `pulumi up`; that one is a promotion's. */
export type GateName = "order" | "soak" | "requires" | "expiry" | "freeze" | "drill" | "review" | "metrics";

/** What one gate says of one flag. */
export interface GateVerdict {
  readonly gate: GateName;
  readonly flag: string;
  /** What it found, in words. */
  readonly fact: string;
  /** Why the exposure may not be raised; null when it may. */
  readonly refusal: Fault | null;
  /** When the gate opens by itself; null where it does not, or is open. */
  readonly opensAt: Date | null;
}

/** A freeze that is on; `until` is when exposure may be raised again, null where that is not in sight. */
export interface ActiveFreeze {
  readonly name: string;
  readonly until: Date | null;
}

/** Everything that gates decide from. */
export interface GateFacts {
  readonly now: Date;
  /** What this stage runs; null when it was never deployed. */
  readonly current: StageRecord | null;
  /** What the stage before runs; null when it was never deployed, and for the first stage. */
  readonly previous: StageRecord | null;
  /** Why what the stage before runs cannot be read, in words; absent where it can. */
  readonly previousFault?: string;
  readonly freeze: ActiveFreeze | null;
  /** By stage, when a rollback was last rehearsed there with success. */
  readonly drills: Readonly<Record<string, Date>>;
  /** Per cent by flag that this stage ran before the drill that is under way; empty where none is. */
  readonly rehearsed: Readonly<Record<string, number>>;
  /** Who asks for the change. */
  readonly actor: string;
}

/** One flag that would be raised, as each gate looks at it. */
export interface Raise {
  readonly flag: string;
  readonly exposure: number;
  readonly definition: FlagDefinition;
  readonly catalog: Catalog;
  readonly settings: StageSettings;
  /** The stage before; null for the first. */
  readonly previousStage: string | null;
}
