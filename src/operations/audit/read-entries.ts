import { OperationError } from "../errors.ts";
import type { Project } from "../project.ts";
import { auditPath, readAuditFile } from "./audit-file.ts";
import type { Entry } from "./entry.ts";
import { verifyAudit } from "./verify.ts";

/** What an audit has to tell beside other facts. */
export interface AuditEntries {
  readonly entries: readonly Entry[];
  /** Why what it tells may be wrong or missing, in one sentence; null where its chain holds. */
  readonly warning: string | null;
}

/** Reads what can be read of a stage's audit. A faulty one is a warning: whoever only adds its facts goes on without. */
export async function readEntries(project: Project, stage: string): Promise<AuditEntries> {
  try {
    const { entries, faults } = verifyAudit(await readAuditFile(auditPath(project, stage)), stage);
    const warning = `The audit of ${stage} is not as it was written, so names and durations may be wrong or missing: npx sluice audit --stage ${stage}`;
    return { entries, warning: faults.length === 0 ? null : warning };
  } catch (error) {
    if (error instanceof OperationError) return { entries: [], warning: error.message };
    throw error;
  }
}
