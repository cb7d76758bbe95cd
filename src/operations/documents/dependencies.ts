import { z } from "zod";
import { INSTALL_SCRIPTS, LICENCES, TOLD_LICENCES } from "./dependency-rules.ts";
import { type LockedPackage, lockedPackages } from "./locked-packages.ts";
import { codeInCell, escapeMarkdown, table } from "./markdown.ts";

/** How many packages of a licence are named; of more, their number is told. */
const NAMED = 6;

const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()) });

/** Licences, install scripts and direct dependencies as tables. @param read gives the text of a file of the repository */
export function dependenciesText(read: (path: string) => string): string {
  const packages = lockedPackages(JSON.parse(read("package-lock.json")));
  const { dependencies } = manifestSchema.parse(JSON.parse(read("package.json")));
  const count = (kind: "dev" | "ofMachine"): number => packages.filter((one) => one[kind]).length;
  return [
    `${packages.length} packages in the lock file; ${count("dev")} are for the development of Sluice alone, ${count("ofMachine")} for some machines only.`,
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
