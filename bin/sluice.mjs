#!/usr/bin/env node
// JavaScript, not TypeScript: with compiled code kept from the last start, no compiler has to be loaded, which
// is half of the time that a kill takes to begin.
import module from "node:module";
import { fileURLToPath } from "node:url";

if (Number(process.versions.node.split(".")[0]) < 24) {
  process.stderr.write(
    `Sluice runs on Node.js 24, and this is ${process.versions.node}. In the folder of the project: npx sluice, or node_modules/.bin/node bin/sluice.mjs\n`,
  );
  process.exit(5);
}
module.enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/sluice", import.meta.url)));
const { main } = await import("../src/cli/main.ts");
process.exitCode = await main(process.argv.slice(2));
