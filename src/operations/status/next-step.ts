import type { Model } from "../../config/parse.ts";
import type { Catalog } from "../../model/catalog.ts";
import { type StageSettings, settingOf } from "../../model/settings.ts";
import { checkGates, type Overridden } from "../../plan/check-gates.ts";
import type { GateFacts, GateVerdict } from "../../plan/gate.ts";
import { type KillState, killedSubject } from "./kill-state.ts";

/**
 * Whether a flag may go up one step of the catalogue:
 * - `full`: there is no step above what it has
 * - `removed`: the catalogue has it no more
 * - `killed`: it must be revived first
 * - `unknown`: something that the answer follows from cannot be read
 */
export type NextStep =
  | { readonly kind: "full" | "removed" }
  | { readonly kind: "killed"; readonly subject: string }
  | { readonly kind: "unknown"; readonly reason: string }
  | { readonly kind: "allowed"; readonly to: number; readonly verdicts: readonly GateVerdict[]; readonly overridden: readonly Overridden[] }
  | { readonly kind: "refused"; readonly to: number; readonly verdicts: readonly GateVerdict[] };

/** What the gates of a stage decide from, or why they cannot. */
export type Gates = { readonly known: true; readonly facts: GateFacts } | { readonly known: false; readonly reason: string };

/** What is known of a flag in a stage before its next step is asked for. */
export interface Standing {
  readonly flag: string;
  /** Per cent of visitors as deployed. */
  readonly exposure: number;
  readonly kill: KillState | null;
}

/**
 * Asks the gates of the stack file's model what they say of one step more.
 * @param model null where the config cannot be used; `gates` says why
 */
export function decideNextStep({ flag, exposure, kill }: Standing, model: Model | null, gates: Gates): NextStep {
  if (kill !== null) return { kind: "killed", subject: kill.subject };
  if (model === null) return { kind: "unknown", reason: gates.known ? "the config cannot be used" : gates.reason };
  const { catalog, settings } = model;
  if (catalog.flags[flag] === undefined) return { kind: "removed" };
  const subject = killedSubject(catalog, settings, flag);
  if (subject !== null) return { kind: "killed", subject };
  const to = stepAbove(catalog, exposure);
  if (to === null) return { kind: "full" };
  if (!gates.known) return { kind: "unknown", reason: gates.reason };
  const decision = checkGates(catalog, raised(settings, flag, to), gates.facts);
  const own = <T extends { readonly flag: string }>(all: readonly T[]): T[] => all.filter((one) => one.flag === flag);
  const verdicts = own(decision.verdicts);
  const overridden = own(decision.overridden);
  const refused = verdicts.some(({ refusal }) => refusal !== null) && overridden.length === 0;
  return refused ? { kind: "refused", to, verdicts } : { kind: "allowed", to, verdicts, overridden };
}

/** The settings with every flag one step further than it is deployed: what the facts of all gates are gathered for. */
export function raisedByOneStep({ catalog, settings }: Model, exposures: Readonly<Record<string, number>>): StageSettings {
  return Object.keys(catalog.flags).reduce((all, flag) => {
    const to = stepAbove(catalog, exposures[flag] ?? 0);
    return to === null ? all : raised(all, flag, to);
  }, settings);
}

function stepAbove(catalog: Catalog, exposure: number): number | null {
  return catalog.steps.find((step) => step > exposure) ?? null;
}

function raised(settings: StageSettings, flag: string, exposure: number): StageSettings {
  return { ...settings, flags: { ...settings.flags, [flag]: { ...settingOf(settings, flag), exposure, settled: false } } };
}
