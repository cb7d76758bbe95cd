import type { AuditResult, Durations, Entry } from "./entry.ts";

/** How long one step of a promotion took. */
export interface StepDurations {
  /** When it ended; ISO 8601. */
  readonly at: string;
  readonly from: Entry["from"];
  readonly to: Entry["to"];
  readonly result: AuditResult;
  /** The update that it made, by which a history can show it; null when it made none. */
  readonly update: number | null;
  /** Null where nothing was measured. */
  readonly durations: Durations | null;
}

/** How long a promotion took. */
export interface RolloutDurations {
  readonly run: string;
  readonly flag: string | null;
  readonly by: string;
  /** When it ended; null when it never did: its process died, or is still at work. */
  readonly endedAt: string | null;
  readonly result: AuditResult | null;
  readonly steps: readonly StepDurations[];
  /** Its own where it ended, the sum of its steps where it did not. */
  readonly total: Durations;
}

/** Gives every promotion of an audit with its steps, the oldest first: work and waiting apart, in milliseconds. */
export function readDurations(entries: readonly Entry[]): RolloutDurations[] {
  const runs = Map.groupBy(
    entries.filter(({ operation }) => operation === "promote" || operation === "step"),
    ({ run }) => run,
  );
  return [...runs].map(([run, own]) => {
    const end = own.findLast(({ operation }) => operation === "promote");
    const steps = own.filter(({ operation }) => operation === "step");
    return {
      run,
      flag: own[0]?.subject ?? null,
      by: own[0]?.by ?? "unknown",
      endedAt: end?.at ?? null,
      result: end?.result ?? null,
      steps: steps.map(({ at, from, to, result, update, durations }) => ({ at, from, to, result, update, durations })),
      total: end?.durations ?? sum(steps.map(({ durations }) => durations)),
    };
  });
}

function sum(durations: readonly (Durations | null)[]): Durations {
  return durations.reduce<Durations>((total, one) => ({ active: total.active + (one?.active ?? 0), waiting: total.waiting + (one?.waiting ?? 0) }), {
    active: 0,
    waiting: 0,
  });
}
