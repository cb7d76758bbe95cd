import { INSTALL_SCRIPTS, LICENCES } from "../../src/operations/documents/dependency-rules.ts";
import type { LockedPackage } from "../../src/operations/documents/locked-packages.ts";

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
