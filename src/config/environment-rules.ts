import type { Catalog } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";

/** A service's own environment may not say what flags are on, nor what Sluice says of itself. */
export function flagsInEnvironment(catalog: Catalog, path: string, env: Readonly<Record<string, string>>): Fault[] {
  return Object.keys(env)
    .filter((name) => name in catalog.flags || name.startsWith("SLUICE_"))
    .map((name) => ({
      path: `${path}.${name}`,
      found: name in catalog.flags ? "is a flag of the catalogue" : "begins with SLUICE_",
      allowed: "variables that Sluice does not set",
      wayOut: `pulumi config rm --path ${path}.${name}`,
    }));
}
