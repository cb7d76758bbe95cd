import type { Catalog, FlagDefinition } from "../model/catalog.ts";
import { canonicalJson, shortHash } from "./canonical.ts";

/** What of a catalogue a stage runs by: who may raise a flag, and when, is no part of its state. */
export type DeployedCatalog = Pick<Catalog, "stages" | "steps" | "cookie" | "services"> & {
  readonly flags: Readonly<Record<string, Pick<FlagDefinition, "services" | "routes" | "requires">>>;
};

export function deployedCatalog({ stages, steps, cookie, services, flags }: Catalog): DeployedCatalog {
  const deployed = Object.entries(flags).map(([name, { services: touched, routes, requires }]) => [name, { services: touched, routes, requires }] as const);
  return { stages, steps, cookie, services, flags: Object.fromEntries(deployed) };
}

/**
 * By these a rollback sees that a file has changed since, however it is written. That of the catalogue is of what a stage
 * runs by, and of nothing else in its file.
 * @param ownFiles by key of the config, what stands in a file of its own
 * @returns by key, its digest
 */
export function ownFileDigests(ownFiles: Readonly<Record<string, unknown>>, catalog: Catalog): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(ownFiles).map(([key, value]) => [key, shortHash(canonicalJson(key === "catalog" ? deployedCatalog(catalog) : value))]),
  );
}
