import type { StageFacts } from "../../src/operations/status/stage-facts.ts";
import type { StageRecord } from "../../src/plan/stage-record.ts";

/** A stage of which nothing is known but that it was never deployed. */
export function stageFacts(changes: Partial<StageFacts> = {}): StageFacts {
  return {
    stage: "staging",
    stateKnown: true,
    record: null,
    model: null,
    applied: null,
    history: [],
    entries: [],
    auditWarning: null,
    standing: [],
    locks: [],
    drift: [],
    traefik: null,
    faults: [],
    ...changes,
  };
}

/** What a stage runs, each flag since the same moment. */
export function recordOf(exposures: Readonly<Record<string, number>>, since: string, settled: readonly string[] = []): StageRecord {
  return { exposures, permitted: exposures, settled, since: Object.fromEntries(Object.keys(exposures).map((flag) => [flag, since])) };
}
