import { OperationError } from "../errors.ts";
import { planRollback } from "../rollback/rollback.ts";
import { readOrReason } from "./attempt.ts";
import type { RollbackOffer } from "./board.ts";

/** Plans the rollback of one flag in a stage, and touches nothing. */
export async function offerRollback(root: string, stage: string, flag: string): Promise<RollbackOffer> {
  const read = await readOrReason(() => planOrRefusal(root, stage, flag));
  if ("reason" in read) return { kind: "none", reason: read.reason };
  return read.value;
}

async function planOrRefusal(root: string, stage: string, flag: string): Promise<RollbackOffer> {
  try {
    const { target, effects, obstacles } = await planRollback(root, stage, { kind: "previous" }, { kind: "flag", flag });
    return {
      kind: "ready",
      command: `npx sluice rollback --stage ${stage} --flag ${flag}`,
      to: { number: target.number, at: target.endedAt, message: target.message.split("\n")[0] ?? "" },
      effects,
      obstacles: obstacles.map(({ text }) => text),
    };
  } catch (error) {
    if (error instanceof OperationError) return { kind: "none", reason: error.message };
    throw error;
  }
}
