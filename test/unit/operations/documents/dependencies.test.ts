import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { INSTALL_SCRIPTS } from "../../../../src/operations/documents/dependency-rules.ts";
import { type LockedPackage, lockedPackages } from "../../../../src/operations/documents/locked-packages.ts";
import { dependencyFaults } from "../../../support/dependency-faults.ts";
import { HOME } from "../../../support/project.ts";

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(HOME, path), "utf8"));
const packages = lockedPackages(readJson("package-lock.json"));
const allowed = z.object({ allowScripts: z.record(z.string(), z.boolean()) }).parse(readJson("package.json")).allowScripts;

describe("the packages of the lock file", () => {
  it("have a hash, an agreed licence, and no install script but those that are named", () => {
    expect(packages.length).toBeGreaterThan(0);
    expect(dependencyFaults(packages, allowed)).toEqual([]);
  });

  it("run no install script by themselves, whatever the version of npm", () => {
    expect(readFileSync(join(HOME, ".npmrc"), "utf8").split("\n")).toContain("ignore-scripts=true");
    expect(Object.keys(INSTALL_SCRIPTS).filter((name) => INSTALL_SCRIPTS[name]?.runs)).toEqual(["node"]);
  });

  it("come from no address that the lock file names", () => {
    expect(readFileSync(join(HOME, "package-lock.json"), "utf8")).not.toContain('"resolved"');
  });
});

describe("a package", () => {
  const one: LockedPackage = { name: "one", version: "1.0.0", licence: "MIT", hashed: true, hasInstallScript: false, dev: false, ofMachine: false };

  it.each<[string, Partial<LockedPackage>, string]>([
    ["without a hash", { hashed: false }, "one 1.0.0 has no integrity in package-lock.json; install it from a registry"],
    ["under another licence", { licence: "GPL-3.0" }, "one 1.0.0 has the licence GPL-3.0, which LICENCES does not have; read it first"],
    ["under none", { licence: "" }, "one 1.0.0 has the licence (none), which LICENCES does not have; read it first"],
    ["with an install script of its own", { hasInstallScript: true }, "one 1.0.0 runs a script as it is installed; read it, then name it in INSTALL_SCRIPTS"],
  ])("%s is a fault", (_what, change, fault) => {
    const faults = dependencyFaults([...packages, { ...one, ...change }], allowed);
    expect(faults.filter((text) => text.startsWith("one "))).toEqual([fault]);
  });

  it.each([
    ["@logdna/tail-file", "SEE LICENSE IN LICENSE", "MIT"],
    ["ssh2", undefined, "MIT"],
    ["ssh2", "GPL-3.0", "GPL-3.0"],
    ["one", "SEE LICENSE IN LICENSE", "SEE LICENSE IN LICENSE"],
    ["one", undefined, ""],
  ])("is taken by its own licence, unless another was read in that very one: %s with %s is %s", (name, license, licence) => {
    expect(lockedPackages({ packages: { [`node_modules/${name}`]: { license } } })).toMatchObject([{ licence }]);
  });

  it.each([
    ["an operating system", { os: ["linux"] }],
    ["a processor", { cpu: ["arm64"] }],
  ])("of %s is for some machines only", (_what, field) => {
    expect(lockedPackages({ packages: { "node_modules/one": field } })).toMatchObject([{ ofMachine: true }]);
  });

  it("is read with its name where it is nested, and not where it is a link", () => {
    const lock = {
      packages: { "": {}, "node_modules/a/node_modules/@b/c": { version: "2.0.0", license: "ISC", integrity: "sha512-x" }, tools: { link: true } },
    };
    expect(lockedPackages(lock)).toEqual([
      { name: "@b/c", version: "2.0.0", licence: "ISC", hashed: true, hasInstallScript: false, dev: false, ofMachine: false },
    ]);
  });
});

it("a script that is gone, or that package.json allows and the list does not, is a fault", () => {
  expect(
    dependencyFaults(
      packages.filter(({ name }) => name !== "ssh2"),
      allowed,
    ),
  ).toEqual(["ssh2 has no install script any more; take it out of INSTALL_SCRIPTS"]);
  expect(dependencyFaults(packages, { ...allowed, ssh2: true, other: true })).toEqual(
    ["ssh2", "other"].map((name) => `${name}: allowScripts in package.json and INSTALL_SCRIPTS say different things`),
  );
});
