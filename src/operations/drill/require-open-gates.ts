import type { Model } from "../../config/parse.ts";
import { FreezeFault, readGateFacts } from "../../config/read-gate-facts.ts";
import { renderFaults } from "../../model/fault.ts";
import { checkGates, neighbours } from "../../plan/check-gates.ts";
import type { StageRecord } from "../../plan/stage-record.ts";
import { OperationError } from "../errors.ts";
import type { Project } from "../project.ts";
import { readRecordOrNull } from "../state-files.ts";
import type { Way } from "./tally.ts";

/** How long a drill may take at most until its way forward, in milliseconds: a freeze must not begin, nor a flag expire, in between. */
const AHEAD = 10 * 60_000;

interface Passing {
  readonly stage: string;
  /** What would run after it. */
  readonly model: Model;
  readonly update: number;
  readonly way: Way;
  /** The record of the state that is left. */
  readonly left: StageRecord;
  /** The record of what ran before the drill, on its way back to it. */
  readonly ran?: StageRecord;
  readonly now: Date;
}

/**
 * Asks the gates what they will say to an update of the drill, now and until it is over.
 * @throws OperationError (`refused`) with what each says and its way out
 */
export async function requireOpenGates(project: Project, { stage, model, update, way, left, ran, now }: Passing): Promise<void> {
  const { catalog, settings } = model;
  const { current, previous } = neighbours(catalog, settings);
  const records = { current: current === null ? null : left, previous: previous === null ? null : await readRecordOrNull(project, previous) };
  for (const moment of [now, new Date(now.getTime() + AHEAD)]) {
    const facts = await readGateFacts(project.root, catalog, settings, records, moment).catch((error: unknown) => {
      throw error instanceof FreezeFault ? new OperationError("config", renderFaults(`The config of ${stage} cannot be used`, error.faults)) : error;
    });
    const { refusals } = checkGates(catalog, settings, { ...facts, rehearsed: ran?.permitted ?? {} });
    if (refusals.length > 0) {
      const title = way === "back" ? `${stage} could not go back to update ${update}` : `${stage} could not go forward again to update ${update}`;
      throw new OperationError("refused", renderFaults(title, refusals));
    }
  }
}
