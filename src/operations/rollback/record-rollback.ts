import type { Books } from "../bookkeeping.ts";
import { isProven } from "./proof.ts";
import type { RollbackPlan, RollbackResult } from "./rollback.ts";

/** Leaves the entry of a rollback. */
export async function recordRollback(books: Books, plan: RollbackPlan, result: RollbackResult, reason: string | null): Promise<void> {
  await books.record({
    operation: "rollback",
    subject: plan.scope.kind === "flag" ? plan.scope.flag : null,
    reason,
    from: plan.from === null ? null : `update ${plan.from}`,
    to: `update ${plan.target.number}`,
    gates: [],
    result: isProven(result.proof) ? "done" : "unproven",
    update: result.update,
    durations: { active: result.seconds * 1000, waiting: 0 },
    details: { effects: [...plan.effects], recovered: [...result.recovered] },
  });
}
