import { bringAlong } from "../kill/bring-along.ts";
import { type KillEvent, kill } from "../kill/kill.ts";
import { isProven } from "../rollback/proof.ts";
import { recordRollback } from "../rollback/record-rollback.ts";
import { applyRollback, planRollback } from "../rollback/rollback.ts";
import type { PromoteEnd } from "./events.ts";
import type { RunContext } from "./run-context.ts";

/** How long a rollback may take before the kill takes over, in milliseconds. An engine that hangs goes on; the kill stands against it. */
const ROLLBACK_LIMIT = 60_000;

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
    const result = await withinLimit(applyRollback(root, plan));
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

async function withinLimit<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not come to its end within ${ROLLBACK_LIMIT / 1000} s`)), ROLLBACK_LIMIT);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
