/** An install script runs on the machine of whoever installs, so each is named, with whether it may run. */
export const INSTALL_SCRIPTS: Readonly<Record<string, { readonly runs: boolean; readonly why: string }>> = {
  node: {
    runs: true,
    why: "gets the program Node.js 24 of the machine from npm, as the package `node-<system>-<processor>` of the same version; that package is not in the lock file, so it is held to the registry's hash alone",
  },
  "@pulumi/kubernetes": { runs: false, why: "downloads Pulumi's plugin; `npm run setup` gets it where a stage needs it" },
  "cpu-features": { runs: false, why: "compiles what makes `ssh2` faster; needed by nothing here" },
  protobufjs: { runs: false, why: "warns of versions that its users ask for; changes nothing" },
  ssh2: { runs: false, why: "compiles what makes it faster; it does without" },
};

const NOTICE = "keep its notice";
const NOTHING = "nothing";

/** The licences that were read and agreed to, as SPDX expressions, with what each asks of whoever passes the package on. */
export const LICENCES: Readonly<Record<string, string>> = {
  MIT: NOTICE,
  ISC: NOTICE,
  "Apache-2.0": "keep its notice and NOTICE file; grants patents",
  "MIT OR Apache-2.0": NOTICE,
  "BSD-2-Clause": NOTICE,
  "BSD-3-Clause": NOTICE,
  "BlueOak-1.0.0": NOTICE,
  "(MIT AND Zlib)": "keep its notices; mark what you change",
  "(BSD-3-Clause AND Apache-2.0)": "keep its notices",
  "Python-2.0": NOTICE,
  "PSF-2.0": NOTICE,
  "MPL-2.0": "changes of its own files stay open; none is made",
  "(ISC AND CC-BY-3.0)": "name the source of its dates",
  "CC-BY-3.0": "name the source of its list",
  "CC0-1.0": NOTHING,
  Unlicense: NOTHING,
  "0BSD": NOTHING,
};

/**
 * Packages whose field of the licence tells none, with the licence that was read elsewhere in them: only as long as the
 * field says what it said then, which is nothing where npm does not read it.
 */
export const TOLD_LICENCES: Readonly<Record<string, { readonly field: string; readonly licence: string }>> = {
  "@logdna/tail-file": { field: "SEE LICENSE IN LICENSE", licence: "MIT" },
  buildcheck: { field: "", licence: "MIT" },
  "cpu-features": { field: "", licence: "MIT" },
  ssh2: { field: "", licence: "MIT" },
};
