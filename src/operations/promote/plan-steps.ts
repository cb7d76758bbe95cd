import type { Catalog } from "../../model/catalog.ts";
import { OperationError } from "../errors.ts";

/** How far a promotion is asked to go. */
export interface Aim {
  /** The exposure to end at; 100, or the last of `steps`, when left out. */
  readonly to: number | null;
  /** The exposures on the way; the catalogue's, when left out. */
  readonly steps: readonly number[] | null;
}

/**
 * The exposures of a promotion, ascending and all above the present one; empty when the flag is there already.
 * @throws OperationError (`config`) for a step that the catalogue does not have, or one downwards
 */
export function planSteps(catalog: Catalog, flag: string, present: number, aim: Aim): number[] {
  const unknown = [...(aim.steps ?? []), ...(aim.to === null ? [] : [aim.to])].find((step) => !catalog.steps.includes(step));
  if (unknown !== undefined) throw new OperationError("config", `${unknown} is no step; the catalogue has ${catalog.steps.join(", ")}.`);
  const last = aim.steps?.at(-1);
  const to = aim.to ?? last ?? 100;
  if (last !== undefined && last !== to)
    throw new OperationError("config", `--steps ends at ${last}, but --to is ${to}. Give one of them, or let both end alike.`);
  const steps = aim.steps ?? catalog.steps.filter((step) => step <= to);
  const backwards = steps.find((step, index) => index > 0 && step <= (steps[index - 1] ?? 0));
  if (backwards !== undefined) throw new OperationError("config", `--steps ${steps.join(",")} goes back to ${backwards}. Steps of a promotion only rise.`);
  if (to < present) {
    throw new OperationError(
      "config",
      `${flag} is at ${present} per cent already, above ${to}. A promotion only raises; to lower it: npx sluice rollback --flag ${flag} --stage <stage>, or npx pulumi config set --stack <stage> --path 'flags.${flag}' ${to} and npx pulumi up --stack <stage>.`,
    );
  }
  return steps.filter((step) => step > present);
}
