import { type RolloutDurations, readDurations, type StepDurations } from "./audit/durations.ts";
import type { Entry } from "./audit/entry.ts";
import { names, type Who, whoMade } from "./audit/who-made.ts";
import type { Effect } from "./history.ts";

/** A promotion's step that an update was. */
export interface StepOfUpdate extends StepDurations {
  readonly run: string;
  readonly flag: string | null;
}

/** An update with who made it, and how long it took. */
export interface RecordedUpdate extends Effect {
  readonly by: Who | null;
  /** Milliseconds that the engine took, to the second. */
  readonly took: number;
  /** The promotion's step that it was, work and waiting apart; null for any other update. */
  readonly step: StepOfUpdate | null;
}

export interface RecordedHistory {
  readonly updates: readonly RecordedUpdate[];
  /** The promotions that made any of the updates. */
  readonly rollouts: readonly RolloutDurations[];
}

/** Adds to updates what the audit says of them. Updates stay in their order, promotions come the oldest first. */
export function joinAudit(effects: readonly Effect[], entries: readonly Entry[]): RecordedHistory {
  const rollouts = readDurations(entries);
  const steps = rollouts.flatMap(({ run, flag, steps: own }) => own.map((step): StepOfUpdate => ({ run, flag, ...step })));
  const updates = effects.map((effect): RecordedUpdate => {
    const { update } = effect;
    return {
      ...effect,
      by: whoMade(update, entries),
      took: update.endedAt.getTime() - update.startedAt.getTime(),
      step: steps.findLast((step) => names(step, update)) ?? null,
    };
  });
  const runs = new Set(updates.flatMap(({ step }) => step?.run ?? []));
  return { updates, rollouts: rollouts.filter(({ run }) => runs.has(run)) };
}
