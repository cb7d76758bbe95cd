import { resolve } from "node:path";
import { writeAtomically } from "../../files/write-atomically.ts";
import { OperationError } from "../../operations/errors.ts";
import { readFlagPlan } from "../../operations/flag-plan/read-flag-plan.ts";
import { renderFlagPlan } from "../../operations/flag-plan/render-flag-plan.ts";
import { EXIT } from "../exit-codes.ts";

export interface PlanOptions {
  readonly stage?: string;
  readonly output?: string;
}

/** Prints the rollout plan of a flag, or writes it to a file. */
export async function plan(root: string, flag: string, { stage, output }: PlanOptions, now: Date): Promise<number> {
  const text = renderFlagPlan(await readFlagPlan(root, flag, stage ?? null, now));
  if (output === undefined) {
    process.stdout.write(text);
    return EXIT.ok;
  }
  await writeAtomically(resolve(output), text, 0o644).catch((error: unknown) => {
    throw new OperationError("missing", `${output} cannot be written: ${error instanceof Error ? error.message : String(error)}. Give another file.`);
  });
  process.stdout.write(`written: ${output}\n`);
  return EXIT.ok;
}
