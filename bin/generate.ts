#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "../src/config/generated-files.ts";
import { rbacFile } from "../src/kubernetes/rbac-file.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = { ...generatedFiles((file) => readFileSync(join(root, file), "utf8")), "docs/kubernetes-rbac.yaml": rbacFile() };
for (const [path, text] of Object.entries(files)) {
  writeFileSync(join(root, path), text);
}
