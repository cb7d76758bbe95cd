#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "../src/config/generated-files.ts";
import { generatedDocuments } from "../src/operations/documents/generated-documents.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (file: string): string => readFileSync(join(root, file), "utf8");
for (const [path, text] of Object.entries({ ...generatedFiles(read), ...generatedDocuments(read) })) {
  writeFileSync(join(root, path), text);
}
