import { OperationError } from "../errors.ts";
import type { Exercise } from "./exercise.ts";
import { badRelease } from "./exercises/bad-release.ts";
import { editedByHand } from "./exercises/edited-by-hand.ts";
import { enableInPart } from "./exercises/enable-in-part.ts";
import { lockedKill } from "./exercises/locked-kill.ts";
import { lostState } from "./exercises/lost-state.ts";
import { shutGate } from "./exercises/shut-gate.ts";

/** In the order in which they are best done. */
export const EXERCISES: readonly Exercise[] = [enableInPart, badRelease, lockedKill, editedByHand, shutGate, lostState];

/** @throws OperationError (`config`) where there is none of this number */
export function exerciseOf(number: number): Exercise {
  const found = EXERCISES.find((exercise) => exercise.number === number);
  if (found === undefined) throw new OperationError("config", `There is no exercise ${number}; there are 1 to ${EXERCISES.length}: sluice training list`);
  return found;
}
