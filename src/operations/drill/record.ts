import type { AuditResult } from "../audit/entry.ts";
import type { Outcome } from "../bookkeeping.ts";
import { OperationError } from "../errors.ts";
import type { DrillPlan } from "./plan-drill.ts";
import { type DrillReport, findFaults, type Passage, reportPath } from "./report.ts";

/** The entry of the way back, written as it ends: its update is in the history even if the drill is killed after it. */
export function entryOfBack({ from, to }: DrillPlan, back: Passage): Outcome {
  const proven = findFaults(back).length === 0;
  return {
    ...subject(from.number, to.number),
    operation: "rollback",
    reason: "rehearsed by a drill",
    result: back.failure !== null ? "failed" : proven ? "done" : "unproven",
    update: back.update,
    durations: { active: back.seconds.returned * 1000, waiting: 0 },
    details: back,
  };
}

/** The entry of a whole drill; its update is the one of the way forward. */
export function entryOfDrill(report: DrillReport, interrupted: boolean): Outcome {
  const { updates, back, forward, why, seconds } = report;
  return {
    ...subject(updates.from, updates.to),
    operation: "drill",
    reason: null,
    result: resultOf(report, interrupted),
    update: forward?.update ?? null,
    durations: { active: seconds * 1000, waiting: 0 },
    details: {
      report: reportPath(report),
      why,
      requests: back.requests + (forward?.requests ?? 0),
      lost: back.lost + (forward?.lost ?? 0),
      seconds: back.seconds,
    },
  };
}

/** The entry of a drill that did not begin. */
export function entryOfRefusal({ from, to }: DrillPlan, error: unknown): Outcome {
  return {
    ...subject(from.number, to.number),
    operation: "drill",
    reason: null,
    result: error instanceof OperationError && error.failure === "refused" ? "refused" : "failed",
    update: null,
    durations: null,
    details: { why: error instanceof Error ? error.message : String(error) },
  };
}

function resultOf({ passed, back, forward }: DrillReport, interrupted: boolean): AuditResult {
  if (passed) return "done";
  if (forward !== null) return forward.failure === null ? "unproven" : "failed";
  return interrupted && back.failure === null ? "interrupted" : "failed";
}

function subject(from: number, to: number): Pick<Outcome, "subject" | "from" | "to" | "gates"> {
  return { subject: null, from: `update ${from}`, to: `update ${to}`, gates: [] };
}
