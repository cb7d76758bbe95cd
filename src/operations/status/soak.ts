import type { FlagDefinition } from "../../model/catalog.ts";
import type { StageRecord } from "../../plan/stage-record.ts";

/** How long a flag that is fully on must still stay so before the next stage may raise it, and before it may be settled here. */
export interface Soak {
  /** Milliseconds in all. */
  readonly needed: number;
  /** When it is over; null where it is not known since when the flag is fully on. */
  readonly overAt: Date | null;
  /** Milliseconds that are left, 0 when it is over; null where that is not known. */
  readonly left: number | null;
}

/** Null where the flag is not fully on, or where none is asked for. */
export function soakOf(definition: FlagDefinition, stage: string, flag: string, record: StageRecord, now: Date): Soak | null {
  const needed = definition.soak[stage] ?? 0;
  if (needed === 0 || record.exposures[flag] !== 100) return null;
  const since = record.since[flag];
  if (since === undefined) return { needed, overAt: null, left: null };
  const overAt = new Date(Date.parse(since) + needed);
  return { needed, overAt, left: Math.max(0, overAt.getTime() - now.getTime()) };
}
