#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "../src/config/generated-files.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
for (const [path, text] of Object.entries(generatedFiles((file) => readFileSync(join(root, file), "utf8")))) {
  writeFileSync(join(root, path), text);
}
