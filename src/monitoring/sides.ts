import type { Catalog } from "../model/catalog.ts";
import type { ServicePlan } from "../plan/rollout-plan.ts";
import { variantName } from "../plan/variants.ts";
import type { MonitoringInput } from "./input.ts";
import { ownerLabel } from "./owner.ts";

/** What is watched of a flag on a service that reads it: the traffic of all variants with it, beside that of all without. */
export interface WatchedFlag {
  readonly flag: string;
  readonly owner: string;
  readonly service: string;
  /** Regular expressions for Traefik's label `service`. */
  readonly with: string;
  readonly without: string;
}

/** Most sets of flags that are looked at beyond those of the plan. */
const MOST_SETS = 64;

/**
 * The flags to watch, by service. A service's variants follow from what can be on together, not from what is on today,
 * so that an update that raises a flag leaves the rules as they are. Only a service with more than 64 such sets is
 * watched by the plan's own variants.
 */
export function watchedFlags({ catalog, plan, traefikServices }: Pick<MonitoringInput, "catalog" | "plan" | "traefikServices">): WatchedFlag[] {
  return Object.entries(plan.services).flatMap(([service, planned]) => {
    const sets = possibleSets(catalog, planned);
    return planned.flags.map((flag) => {
      const pattern = (has: boolean): string =>
        sets
          .filter((set) => set.includes(flag) === has)
          .map((set) => traefikServices(service, variantName(set)))
          .join("|");
      return { flag, owner: ownerLabel(catalog.flags[flag]?.owner ?? ""), service, with: pattern(true), without: pattern(false) };
    });
  });
}

/** The sets of a service's flags that a variant can have: none that leaves out what one of its flags requires. */
function possibleSets(catalog: Catalog, { flags, variants }: ServicePlan): (readonly string[])[] {
  let sets: (readonly string[])[] = [[]];
  for (const flag of flags) {
    sets = [...sets, ...sets.map((set) => [...set, flag])];
    if (sets.length > MOST_SETS * MOST_SETS) return plannedSets(flags, variants);
  }
  const possible = sets.filter((set) => set.every((flag) => requiredHere(catalog, flags, flag).every((other) => set.includes(other))));
  return possible.length > MOST_SETS ? plannedSets(flags, variants) : possible;
}

function requiredHere(catalog: Catalog, flags: readonly string[], flag: string): readonly string[] {
  return (catalog.flags[flag]?.requires ?? []).filter((other) => flags.includes(other));
}

/** The sets of today's variants, with none of the flags, and with each alone. */
function plannedSets(flags: readonly string[], variants: ServicePlan["variants"]): (readonly string[])[] {
  const sets = [[], ...flags.map((flag) => [flag]), ...variants.map((variant) => variant.flags)];
  return [...new Map(sets.map((set) => [set.join(" "), set])).values()];
}
