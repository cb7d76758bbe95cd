import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OperationError } from "../errors.ts";
import type { Project } from "../project.ts";
import { stateFolder } from "../state-files.ts";

/**
 * Where a stage's audit is kept: beside the stack history of a file backend, so that both are backed up
 * together, but outside `.pulumi`, which is the engine's own. With any other backend, in the project's folder.
 */
export function auditPath(project: Project, stage: string): string {
  const home = project.backendUrl?.startsWith("file://") === true ? dirname(stateFolder(project)) : project.root;
  return join(home, ".sluice-audit", project.name, `${stage}.jsonl`);
}

/** The text of a stage's audit; empty where none was begun. @throws OperationError when it cannot be read */
export async function readAuditFile(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw new OperationError("engine", `The audit cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  });
}
