import { OperationError } from "../errors.ts";
import { readHistory } from "../history.ts";
import type { Project } from "../project.ts";
import { auditPath, readAuditFile } from "./audit-file.ts";
import { findUnrecorded } from "./find-unrecorded.ts";
import { type VerifiedAudit, verifyAudit } from "./verify.ts";

export interface ReadAudit extends VerifiedAudit {
  readonly path: string;
  /** Why the stack's history was not held against it; null when it was. */
  readonly notCompared: string | null;
}

/** Reads a stage's audit, and holds it against itself and the stack's history. @throws OperationError when it cannot be read */
export async function readAudit(project: Project, stage: string): Promise<ReadAudit> {
  const path = auditPath(project, stage);
  const audit = verifyAudit(await readAuditFile(path), stage);
  try {
    const history = await readHistory(project, stage);
    return { ...audit, path, faults: [...audit.faults, ...findUnrecorded(audit.entries, history)], notCompared: null };
  } catch (error) {
    if (error instanceof OperationError) return { ...audit, path, notCompared: error.message };
    throw error;
  }
}
