import { rm } from "node:fs/promises";
import { type Rehearsal, rehearsalPath } from "../../config/read-rehearsal.ts";
import { writeAtomically } from "../../files/write-atomically.ts";
import type { DrillPlan } from "./plan-drill.ts";

/** How long a drill that did not come forward again leaves that way open to a person, in milliseconds. */
const OPEN_FOR = 3_600_000;

/** Says that a drill is under way, and what ran before it; see `Rehearsal`. */
export async function beginRehearsal({ project, stage, from, record }: DrillPlan, now: Date): Promise<void> {
  const rehearsal: Rehearsal = { update: from.number, permitted: record.permitted, until: new Date(now.getTime() + OPEN_FOR).toISOString() };
  await writeAtomically(rehearsalPath(project.root, stage), `${JSON.stringify(rehearsal, null, 2)}\n`, 0o644);
}

export async function endRehearsal({ project, stage }: DrillPlan): Promise<void> {
  await rm(rehearsalPath(project.root, stage), { force: true });
}
