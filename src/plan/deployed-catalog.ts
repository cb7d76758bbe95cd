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

/** The digests of files that values stand in; that of the catalogue is of what a stage runs by, and of nothing else in its file. */
export function withCatalogDigest(ownFiles: Readonly<Record<string, string>>, catalog: Catalog): Readonly<Record<string, string>> {
  return "catalog" in ownFiles ? { ...ownFiles, catalog: shortHash(canonicalJson(deployedCatalog(catalog))) } : ownFiles;
}
