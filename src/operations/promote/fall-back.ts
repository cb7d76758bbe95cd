import { bringAlong } from "../kill/bring-along.ts";
import { type KillEvent, kill } from "../kill/kill.ts";
import { isProven } from "../rollback/proof.ts";
import { recordRollback } from "../rollback/record-rollback.ts";
import { applyRollback, planRollback } from "../rollback/rollback.ts";
import type { PromoteEnd } from "./events.ts";
import type { RunContext } from "./run-context.ts";

/**
 * Takes a flag back to what it was before its promotion, and proves it. Where that fails, the flag is
 * killed: traffic goes off it whatever the engine does.
 * @param origin the update before the promotion
 * @param why what spoke against the flag
 */
export async function fallBack(
  root: string,
  { stage, flag, origin, from }: { readonly stage: string; readonly flag: string; readonly origin: number; readonly from: number },
  why: readonly string[],
  { onEvent, books }: Pick<RunContext, "onEvent" | "books">,
): Promise<PromoteEnd> {
  const reason = `the promotion was in breach: ${why.join("; ")}`;
  try {
    const plan = await planRollback(root, stage, { kind: "number", number: origin }, { kind: "flag", flag });
    const result = await applyRollback(root, plan);
    onEvent({ kind: "rolled-back", seconds: result.seconds, proof: result.proof });
    await recordRollback(books, plan, result, reason);
    if (isProven(result.proof)) return { result: "rolled-back", exposure: from, why };
    onEvent({ kind: "rollback-failed", reason: "what came of it is not what was before" });
  } catch (error) {
    onEvent({ kind: "rollback-failed", reason: error instanceof Error ? error.message : String(error) });
  }
  const onKill = (event: KillEvent): void => onEvent({ kind: "kill", event });
  await bringAlong(await kill(root, stage, flag, performance.now(), onKill), `${reason}; and its rollback failed`, books, onKill);
  return { result: "killed", exposure: 0, why };
}
