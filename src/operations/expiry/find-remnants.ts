import type { Catalog } from "../../model/catalog.ts";
import { flagHeader } from "../../model/flag-name.ts";

/** Everything that is left of a flag, and goes with it. */
export interface Remnants {
  /** Paths of config, by file. */
  readonly config: readonly { readonly file: string; readonly paths: readonly string[] }[];
  /** The services whose code reads the flag, and as what. */
  readonly services: readonly { readonly service: string; readonly reads: string }[];
  /** Gated routes that end with the flag; what is to stay must come into a service's own rule first. */
  readonly routes: readonly { readonly route: string; readonly rule: string; readonly service: string }[];
}

/** Keys of a stage that have an entry for each flag. */
const BY_FLAG = ["flags", "kill", "overrides", "approvals"];

/**
 * Finds what is left of a flag.
 * @param stageConfigs by stage, the stack file's config without its namespace, as it was written
 */
export function findRemnants(catalog: Catalog, stageConfigs: Readonly<Record<string, Readonly<Record<string, unknown>>>>, flag: string): Remnants {
  const definition = catalog.flags[flag];
  const requiring = Object.keys(catalog.flags).filter((other) => catalog.flags[other]?.requires.includes(flag) === true);
  const files = [
    { file: "Pulumi.yaml", paths: [`catalog.flags.${flag}`, ...requiring.sort().map((other) => `catalog.flags.${other}.requires: ${flag}`)] },
    ...Object.entries(stageConfigs).map(([stage, config]) => ({ file: `Pulumi.${stage}.yaml`, paths: pathsOf(config, flag) })),
  ];
  return {
    config: files.filter(({ paths }) => paths.length > 0),
    services: (definition?.services ?? []).map((service) => ({
      service,
      reads: catalog.services[service]?.delivery === "header" ? `the request header ${flagHeader(flag)}` : `the environment variable ${flag}`,
    })),
    routes: Object.entries(definition?.routes ?? {}).map(([route, { rule, service }]) => ({ route, rule, service })),
  };
}

function pathsOf(config: Readonly<Record<string, unknown>>, flag: string): string[] {
  const entries = BY_FLAG.filter((key) => keysOf(config[key]).includes(flag)).map((key) => `${key}.${flag}`);
  const declared = keysOf(config["differs"]).filter((path) => path.split(".").includes(flag));
  return [...entries, ...declared.map((path) => `differs: ${path}`)];
}

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}
