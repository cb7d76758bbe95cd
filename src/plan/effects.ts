import type { Catalog } from "../model/catalog.ts";
import { type Exposure, effectiveExposures } from "../model/exposure.ts";
import type { StageSettings } from "../model/settings.ts";
import { canonicalJson } from "./canonical.ts";
import { planRollout } from "./plan.ts";

interface Configured {
  readonly catalog: Catalog;
  readonly settings: StageSettings;
}

/** Says what a change of config does to flags and routes, one line each; null stands for a stage that is not there. */
export function describeEffects(before: Configured | null, after: Configured | null): string[] {
  const lines: string[] = [];
  const seenBefore = exposuresOf(before);
  const seenAfter = exposuresOf(after);
  for (const flag of [...new Set([...seenBefore.keys(), ...seenAfter.keys()])].sort()) {
    const from = seenBefore.get(flag);
    const to = seenAfter.get(flag);
    if ((from?.exposure ?? 0) !== (to?.exposure ?? 0))
      lines.push(`${flag} ${from?.exposure ?? 0}% -> ${to?.exposure ?? 0}%${to?.killed === true ? " (killed)" : ""}`);
    else if ((from?.killed ?? false) !== (to?.killed ?? false))
      lines.push(`${flag} ${to?.killed === true ? "killed" : "no longer killed"} at ${to?.exposure ?? 0}%`);
    if ((from?.testers ?? false) !== (to?.testers ?? false)) lines.push(`${flag} ${to?.testers === true ? "on" : "off"} for testers`);
    if ((from?.settled ?? false) !== (to?.settled ?? false)) lines.push(`${flag} ${to?.settled === true ? "settled" : "no longer settled"}`);
  }
  const routesBefore = gatedRoutes(before);
  const routesAfter = gatedRoutes(after);
  for (const route of routesAfter) if (!routesBefore.includes(route)) lines.push(`route ${route} appears`);
  for (const route of routesBefore) if (!routesAfter.includes(route)) lines.push(`route ${route} goes`);
  if (before === null && after !== null) lines.unshift("stage created");
  if (before !== null && after === null) lines.unshift("stage destroyed");
  if (before !== null && after !== null) {
    if (canonicalJson(before.catalog) !== canonicalJson(after.catalog)) lines.push("catalogue changed");
    if (canonicalJson(before.settings.local) !== canonicalJson(after.settings.local)) lines.push("ports or folder changed");
  }
  return lines.length === 0 ? ["nothing for visitors"] : lines;
}

function exposuresOf(configured: Configured | null): Map<string, Exposure> {
  return configured === null ? new Map<string, Exposure>() : effectiveExposures(configured.catalog, configured.settings);
}

function gatedRoutes(configured: Configured | null): string[] {
  if (configured === null) return [];
  const plan = planRollout(configured.catalog, configured.settings);
  return Object.values(plan.services).flatMap((service) => service.routes.filter((route) => route.gatedBy !== null).map((route) => route.name));
}
