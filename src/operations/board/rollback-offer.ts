import { OperationError } from "../errors.ts";
import type { Project } from "../project.ts";
import { planFlagRollback, type RollbackGround, readRollbackGround } from "../rollback/flag-rollback.ts";
import { readOrReason } from "./attempt.ts";
import type { RollbackOffer } from "./board.ts";

/** Offers the rollback of any flag in a stage. */
export type OfferRollback = (flag: string) => RollbackOffer;

/** Reads once what rollbacks in a stage are planned from, and touches nothing. */
export async function offeringRollbacks(project: Project, stage: string): Promise<OfferRollback> {
  const read = await readOrReason(() => readRollbackGround(project, stage));
  return (flag) => ("reason" in read ? { kind: "none", reason: read.reason } : offerOrRefusal(read.value, flag));
}

function offerOrRefusal(ground: RollbackGround, flag: string): RollbackOffer {
  try {
    const { target, effects, obstacles } = planFlagRollback(ground, { kind: "previous" }, flag);
    return {
      kind: "ready",
      command: `npx sluice rollback --stage ${ground.stage} --flag ${flag}`,
      to: { number: target.number, at: target.endedAt, message: target.message.split("\n")[0] ?? "" },
      effects,
      obstacles: obstacles.map(({ text }) => text),
    };
  } catch (error) {
    if (error instanceof OperationError) return { kind: "none", reason: error.message };
    throw error;
  }
}
