import { z } from "zod";
import { INSTALL_SCRIPTS, LICENCES, TOLD_LICENCES } from "./dependency-rules.ts";
import { codeInCell, escapeMarkdown, table } from "./markdown.ts";

/** How many packages of a licence are named; of more, their number is told. */
const NAMED = 6;

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      hasInstallScript: z.boolean().default(false),
      dev: z.boolean().default(false),
      link: z.boolean().default(false),
      os: z.array(z.string()).default([]),
      cpu: z.array(z.string()).default([]),
    }),
  ),
});
const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()), allowScripts: z.record(z.string(), z.boolean()) });

/** A package as the lock file has it; several versions of one are several. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** As an SPDX expression; empty where nothing tells one. */
  readonly licence: string;
  /** Whether its content is held to a hash. */
  readonly hashed: boolean;
  readonly hasInstallScript: boolean;
  /** Whether only the development of Sluice needs it. */
  readonly dev: boolean;
  /** Whether it is for some machines only. */
  readonly ofMachine: boolean;
}

/** The packages of a lock file of npm, without the project itself. @throws ZodError where it is no such file */
export function lockedPackages(lock: unknown): LockedPackage[] {
  return Object.entries(lockSchema.parse(lock).packages).flatMap(([path, found]) => {
    if (path === "" || found.link) return [];
    const { version = "", license = "", integrity, hasInstallScript, dev, os, cpu } = found;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    return [
      {
        name,
        version,
        licence: licenceOf(name, license),
        hashed: integrity !== undefined,
        hasInstallScript,
        dev,
        ofMachine: os.length + cpu.length > 0,
      },
    ];
  });
}

function licenceOf(name: string, field: string): string {
  const told = TOLD_LICENCES[name];
  return told?.field === field ? told.licence : field;
}

/**
 * What is amiss with the packages: content without a hash, licences and install scripts that nobody has agreed to.
 * @param allowScripts `allowScripts` of package.json: by name, whether its install script may run
 * @returns one text for each fault, with the way out
 */
export function dependencyFaults(packages: readonly LockedPackage[], allowScripts: Readonly<Record<string, boolean>>): string[] {
  const faults = packages.flatMap(({ name, version, licence, hashed, hasInstallScript }) => [
    ...(hashed ? [] : [`${name} ${version} has no integrity in package-lock.json; install it from a registry`]),
    ...(licence in LICENCES ? [] : [`${name} ${version} has the licence ${licence === "" ? "(none)" : licence}, which LICENCES does not have; read it first`]),
    ...(hasInstallScript && !(name in INSTALL_SCRIPTS)
      ? [`${name} ${version} runs a script as it is installed; read it, then name it in INSTALL_SCRIPTS`]
      : []),
  ]);
  const scripted = new Set(packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name));
  const stale = Object.keys(INSTALL_SCRIPTS).filter((name) => !scripted.has(name));
  const names = new Set([...Object.keys(INSTALL_SCRIPTS), ...Object.keys(allowScripts)]);
  const unlike = [...names].filter((name) => INSTALL_SCRIPTS[name]?.runs !== allowScripts[name]);
  return [
    ...faults,
    ...stale.map((name) => `${name} has no install script any more; take it out of INSTALL_SCRIPTS`),
    ...unlike.map((name) => `${name}: allowScripts in package.json and INSTALL_SCRIPTS say different things`),
  ];
}

/** Licences, install scripts and direct dependencies as tables. @param read gives the text of a file of the repository */
export function dependenciesText(read: (path: string) => string): string {
  const packages = lockedPackages(JSON.parse(read("package-lock.json")));
  const { dependencies } = manifestSchema.parse(JSON.parse(read("package.json")));
  const [dev, ofMachine] = [packages.filter((one) => one.dev), packages.filter((one) => one.ofMachine)].map(({ length }) => String(length));
  return [
    `${packages.length} packages in the lock file; ${dev} are for the development of Sluice alone, ${ofMachine} for some machines only.`,
    "## Install scripts",
    table(
      ["package", "runs", "what its script does"],
      Object.entries(INSTALL_SCRIPTS).map(([name, { runs, why }]) => [codeInCell(name), runs ? "yes" : "no", why]),
    ),
    "## Licences",
    table(["licence", "packages", "what it asks for"], licenceRows(packages)),
    `Of ${Object.keys(TOLD_LICENCES).map(codeInCell).join(", ")} the manifest names none, so theirs was read elsewhere in the package.`,
    "## Used by Sluice itself",
    table(
      ["package", "version", "licence"],
      packages
        .filter(({ name, version }) => dependencies[name] === version)
        .map(directRow)
        .sort(byFirstCell),
    ),
  ].join("\n\n");
}

/** `package.json` as far as it says which scripts may run. @throws ZodError where it does not */
export function allowedScripts(manifest: unknown): Readonly<Record<string, boolean>> {
  return manifestSchema.parse(manifest).allowScripts;
}

function licenceRows(packages: readonly LockedPackage[]): string[][] {
  return Object.entries(LICENCES).flatMap(([licence, why]) => {
    const names = [...new Set(packages.filter((one) => one.licence === licence).map(({ name }) => name))].sort();
    if (names.length === 0) return [];
    return [[licence, names.length > NAMED ? String(names.length) : names.map(codeInCell).join(", "), why]];
  });
}

function directRow({ name, version, licence }: LockedPackage): string[] {
  return [codeInCell(name), version, escapeMarkdown(licence)];
}

function byFirstCell([a = ""]: readonly string[], [b = ""]: readonly string[]): number {
  return a < b ? -1 : 1;
}
