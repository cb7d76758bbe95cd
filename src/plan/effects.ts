import type { Catalog } from "../model/catalog.ts";
import { type Exposure, effectiveExposures } from "../model/exposure.ts";
import type { StageSettings } from "../model/settings.ts";
import type { Target } from "../model/target.ts";
import { canonicalJson, canonicalOnce } from "./canonical.ts";
import { gatedRoutesOf } from "./plan.ts";

interface Configured {
  readonly catalog: Catalog;
  readonly settings: StageSettings;
}

/** One thing that a change of config does, in words. */
export interface FoundEffect {
  /** The flag that it is done to; null for the whole stage. */
  readonly flag: string | null;
  readonly text: string;
}

/** Says what a change of config does to flags and routes, one line each; null stands for a stage that is not there. */
export function describeEffects(before: Configured | null, after: Configured | null): string[] {
  return renderEffects(findEffects(before, after));
}

export function renderEffects(effects: readonly FoundEffect[]): string[] {
  return effects.length === 0 ? ["nothing for visitors"] : effects.map(({ text }) => text);
}

/** Finds what a change of config does: to the stage, to flags by name, to routes. */
export function findEffects(before: Configured | null, after: Configured | null): FoundEffect[] {
  return [...stageEffects(before, after), ...flagEffects(before, after), ...routeEffects(before, after), ...otherEffects(before, after)];
}

function stageEffects(before: Configured | null, after: Configured | null): FoundEffect[] {
  if (before === null && after !== null) return [{ flag: null, text: "stage created" }];
  return before !== null && after === null ? [{ flag: null, text: "stage destroyed" }] : [];
}

function flagEffects(before: Configured | null, after: Configured | null): FoundEffect[] {
  const seenBefore = exposuresOf(before);
  const seenAfter = exposuresOf(after);
  return [...new Set([...seenBefore.keys(), ...seenAfter.keys()])].sort().flatMap((flag) => {
    const [from, to] = [seenBefore.get(flag), seenAfter.get(flag)];
    const texts: string[] = [];
    if ((from?.exposure ?? 0) !== (to?.exposure ?? 0))
      texts.push(`${flag} ${from?.exposure ?? 0}% -> ${to?.exposure ?? 0}%${to?.killed === true ? " (killed)" : ""}`);
    else if ((from?.killed ?? false) !== (to?.killed ?? false))
      texts.push(`${flag} ${to?.killed === true ? "killed" : "no longer killed"} at ${to?.exposure ?? 0}%`);
    if ((from?.testers ?? false) !== (to?.testers ?? false)) texts.push(`${flag} ${to?.testers === true ? "on" : "off"} for testers`);
    if ((from?.settled ?? false) !== (to?.settled ?? false)) texts.push(`${flag} ${to?.settled === true ? "settled" : "no longer settled"}`);
    return texts.map((text) => ({ flag, text }));
  });
}

function routeEffects(before: Configured | null, after: Configured | null): FoundEffect[] {
  const [routesBefore, routesAfter] = [gatedRoutes(before), gatedRoutes(after)];
  const appear = [...routesAfter].filter(([route]) => !routesBefore.has(route));
  const go = [...routesBefore].filter(([route]) => !routesAfter.has(route));
  return [...appear.map(([route, flag]) => ({ flag, text: `route ${route} appears` })), ...go.map(([route, flag]) => ({ flag, text: `route ${route} goes` }))];
}

function otherEffects(before: Configured | null, after: Configured | null): FoundEffect[] {
  if (before === null || after === null) return [];
  const effects: FoundEffect[] = [];
  if (canonicalOnce(before.catalog) !== canonicalOnce(after.catalog)) effects.push({ flag: null, text: "catalogue changed" });
  const [from, to] = [before.settings.target, after.settings.target];
  if (canonicalJson(from) !== canonicalJson(to)) effects.push({ flag: null, text: targetEffect(from, to) });
  return effects;
}

function targetEffect(before: Target, after: Target): string {
  if (before.kind !== after.kind) return `the stage moves from the target ${before.kind} to ${after.kind}`;
  return after.kind === "local" ? "ports or folder changed" : `what the target ${after.kind} runs, or where, changed`;
}

function exposuresOf(configured: Configured | null): Map<string, Exposure> {
  return configured === null ? new Map<string, Exposure>() : effectiveExposures(configured.catalog, configured.settings);
}

/** The gated routes of a stage, each with its flag. */
function gatedRoutes(configured: Configured | null): Map<string, string> {
  const routes = configured === null ? [] : gatedRoutesOf(configured.catalog, configured.settings);
  return new Map(routes.flatMap(({ name, gatedBy }) => (gatedBy === null ? [] : [[name, gatedBy] as const])));
}
