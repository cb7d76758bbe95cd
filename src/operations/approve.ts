import { readActor } from "../config/read-actor.ts";
import type { Approval } from "../model/settings.ts";
import { openBooks } from "./bookkeeping.ts";
import { OperationError } from "./errors.ts";
import { catalogOf, modelOf, readProject, readStackFile, requireStage } from "./project.ts";
import { requireFlag } from "./require-flag.ts";
import { editStackFile } from "./stack-file.ts";

export interface Approved {
  readonly approval: Approval;
  /** The file that it stands in, to be committed. */
  readonly path: string;
  readonly warnings: readonly string[];
}

/**
 * Writes down that someone approves a flag up to an exposure in a stage. Nothing is applied: the gate asks
 * for it when the flag is raised by someone else.
 * @throws OperationError for an unknown stage, flag or step
 */
export async function approve(root: string, stage: string, flag: string, exposure: number, reason: string | null): Promise<Approved> {
  const project = await readProject(root);
  requireStage(project, stage);
  requireFlag(project, flag);
  const { steps, flags } = catalogOf(project, {});
  if (!steps.includes(exposure)) throw new OperationError("config", `${exposure} is no step; the catalogue has ${steps.join(", ")}.`);
  if (flags[flag]?.review !== true)
    throw new OperationError("refused", `${flag} asks for no review (catalog.flags.${flag}.review), so there is nothing to approve.`);
  const stackFile = await readStackFile(project, stage);
  const { approvals } = modelOf(project, stage, stackFile.config).settings;
  const approval = { by: await readActor(root), exposure };
  await editStackFile(project, stage, (config) => ({
    ...config,
    [`${project.name}:approvals`]: { ...modelOf(project, stage, config).settings.approvals, [flag]: approval },
  }));
  const books = await openBooks(project, stage, stackFile);
  await books.record({
    operation: "approve",
    subject: flag,
    reason,
    from: approvals[flag]?.exposure ?? null,
    to: exposure,
    gates: [],
    result: "done",
    update: null,
    durations: null,
    details: null,
  });
  return { approval, path: stackFile.path, warnings: await books.close() };
}
