#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "../src/config/generated-files.ts";
import { rbacFile } from "../src/kubernetes/rbac-file.ts";
import { generatedDocuments } from "../src/operations/documents/generated-documents.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const files = { ...generatedFiles(read), ...generatedDocuments(read), "docs/kubernetes-rbac.yaml": rbacFile() };
for (const [path, text] of Object.entries(files)) {
  writeFileSync(join(root, path), text);
}
