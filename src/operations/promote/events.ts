import type { Figures, HoldReason } from "../../analysis/verdict.ts";
import type { GateVerdict } from "../../plan/gate.ts";
import type { KillEvent } from "../kill/kill.ts";
import type { Proof } from "../rollback/proof.ts";

/** What happens in a promotion, in its order; times in milliseconds. */
export type PromoteEvent =
  | { readonly kind: "recovered"; readonly done: readonly string[] }
  | { readonly kind: "step"; readonly exposure: number; readonly from: number; readonly resumed: boolean }
  | { readonly kind: "gates"; readonly verdicts: readonly GateVerdict[] }
  | { readonly kind: "previewed"; readonly changes: Readonly<Record<string, number>>; readonly effects: readonly string[] }
  | { readonly kind: "updated"; readonly update: number; readonly seconds: number }
  | { readonly kind: "verified"; readonly checks: number }
  | {
      readonly kind: "watching";
      readonly elapsed: number;
      readonly duration: number;
      readonly figures: Figures;
      /** What keeps the step from going on although its time is over; empty otherwise. */
      readonly holding: readonly HoldReason[];
    }
  | { readonly kind: "step-done"; readonly exposure: number; readonly active: number; readonly waiting: number }
  | { readonly kind: "breached"; readonly exposure: number; readonly why: readonly string[] }
  | { readonly kind: "rolled-back"; readonly seconds: number; readonly proof: Proof }
  | { readonly kind: "rollback-failed"; readonly reason: string }
  | { readonly kind: "kill"; readonly event: KillEvent };

export type OnPromoteEvent = (event: PromoteEvent) => void;

/** How a promotion ended. */
export type PromoteEnd =
  | { readonly result: "done"; readonly exposure: number }
  /** A gate closed, or facts did not come; the exposure stays. */
  | { readonly result: "held"; readonly exposure: number; readonly why: readonly string[] }
  /** Someone else changed the stage, or a signal came; the exposure stays as they left it. */
  | { readonly result: "interrupted"; readonly exposure: number; readonly why: readonly string[] }
  | { readonly result: "rolled-back"; readonly exposure: number; readonly why: readonly string[] }
  /** The rollback failed, or could not be proven, and the kill took over. */
  | { readonly result: "killed"; readonly exposure: number; readonly why: readonly string[] };
