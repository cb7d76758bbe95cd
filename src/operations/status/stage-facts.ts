import type { Model } from "../../config/parse.ts";
import type { StandingKill } from "../../files/standing-kills.ts";
import type { Edge } from "../../model/target.ts";
import { listens } from "../../net/listens.ts";
import type { StageRecord } from "../../plan/stage-record.ts";
import type { Entry } from "../audit/entry.ts";
import { readEntries } from "../audit/read-entries.ts";
import type { DriftedPart } from "../drift.ts";
import { type Failure, OperationError } from "../errors.ts";
import { findSite } from "../find-site.ts";
import { lastApplied, readHistory, type Update } from "../history.ts";
import type { LockHolder } from "../lock-holder.ts";
import { modelOf, modelOrNull, type Project, readStackFile } from "../project.ts";
import { readLocks } from "../stack-lock.ts";
import { type Checkpoint, readCurrentCheckpoint } from "../state-files.ts";

/** Something of a stage that cannot be read or used. */
export interface StageFault {
  readonly failure: Failure;
  readonly text: string;
}

/** Everything of one stage that its status follows from. */
export interface StageFacts {
  readonly stage: string;
  /** Whether the state could be read; where not, a missing record says nothing. */
  readonly stateKnown: boolean;
  /** What it runs; null when it was never deployed, or is destroyed. */
  readonly record: StageRecord | null;
  /** What the stack file says; null where it cannot be used. */
  readonly model: Model | null;
  /** What the last successful update deployed; null where there is none, or where it cannot be read any more. */
  readonly applied: Model | null;
  readonly history: readonly Update[];
  readonly entries: readonly Entry[];
  /** Why the audit may tell names wrongly; null where it holds. */
  readonly auditWarning: string | null;
  readonly standing: readonly StandingKill[];
  readonly locks: readonly LockHolder[];
  readonly drift: readonly DriftedPart[];
  /** The stage's Traefik; null where it is not known where that would be. */
  readonly traefik: { readonly url: string; readonly reachable: boolean } | null;
  readonly faults: readonly StageFault[];
}

/**
 * Reads everything of a stage, without the engine. What cannot be read is a fault beside the rest.
 * @param catalogUsable where it is not, the stack file is not judged: the catalogue's fault is told once for all stages
 */
export async function readStageFacts(project: Project, stage: string, catalogUsable: boolean): Promise<StageFacts> {
  const faults: StageFault[] = [];
  const attempt = async <T>(fallback: T, what: string, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      const fault = faultOf(what, error);
      // One cluster out of reach may keep several things from being read.
      if (!faults.some(({ text }) => text === fault.text)) faults.push(fault);
      return fallback;
    }
  };
  const [stackFile, state, history, audit, locks] = await Promise.all([
    attempt(null, `The stack file of ${stage}`, () => readStackFile(project, stage)),
    attempt<StateOfStage>({ known: false, checkpoint: null }, `The state of ${stage}`, () => readState(project, stage)),
    attempt([], `The history of ${stage}`, () => orNone(readHistory(project, stage), [])),
    readEntries(project, stage),
    readLocks(project, stage),
  ]);
  const lost = lostState(stage, state, history);
  if (lost !== null) faults.push(lost);
  const model = stackFile === null || !catalogUsable ? null : await attempt(null, "", async () => modelOf(project, stage, stackFile.config));
  const last = history.findLast(({ succeeded, kind }) => succeeded && (kind === "update" || kind === "destroy"));
  const applied = last === undefined || last.kind === "destroy" ? null : modelOrNull(project, stage, last.config);
  const site = await findSite(project, stage, stackFile, last);
  const [standing, drift, traefik] = await Promise.all([
    site === null ? [] : attempt([], `The standing kills of ${stage} (${site.standingKills.place})`, () => site.standingKills.read()),
    site === null ? [] : attempt([], `What ${stage} runs`, async () => (state.checkpoint === null ? [] : site.findDrift(state.checkpoint))),
    site === null ? null : reachOf(site.edges),
  ]);
  const { entries, warning: auditWarning } = audit;
  // What an update makes is in no state yet while it is under way.
  const underWay = locks.some(({ dead }) => !dead);
  const settled = drift.filter((part) => part.state !== "stray" || !underWay);
  const record = state.checkpoint?.record ?? null;
  return {
    stage,
    stateKnown: state.known && lost === null,
    record,
    model,
    applied,
    history,
    entries,
    auditWarning,
    standing,
    locks,
    drift: settled,
    traefik,
    faults,
  };
}

/** The first Traefik whose API does not answer, or else the first that has one; null where none is known. */
async function reachOf(edges: readonly Edge[]): Promise<StageFacts["traefik"]> {
  const known = await Promise.all(edges.flatMap(({ api }) => (api === null ? [] : [listens(api).then((reachable) => ({ url: api, reachable }))])));
  return known.find(({ reachable }) => !reachable) ?? known[0] ?? null;
}

interface StateOfStage {
  readonly known: boolean;
  readonly checkpoint: Checkpoint | null;
}

async function readState(project: Project, stage: string): Promise<StateOfStage> {
  return { known: true, checkpoint: await orNone(readCurrentCheckpoint(project, stage), null) };
}

/** A state that is not there, or has nothing in it, while the history ends in an update that made something. */
function lostState(stage: string, { known, checkpoint }: StateOfStage, history: readonly Update[]): StageFault | null {
  const last = lastApplied(history);
  if (!known || last === undefined || (checkpoint !== null && checkpoint.resources.length > 0)) return null;
  const what = checkpoint === null ? "is not there" : "has nothing in it";
  return {
    failure: "engine",
    text: `The state of ${stage} ${what}, but update ${last.number} of its history succeeded, and no destroy came after it: it is lost. docs/state.md says how to put an earlier state back.`,
  };
}

/** What is not there yet is no fault. */
async function orNone<T>(reading: Promise<T>, none: T): Promise<T> {
  return reading.catch((error: unknown) => {
    if (error instanceof OperationError && error.failure === "missing") return none;
    throw error;
  });
}

function faultOf(what: string, error: unknown): StageFault {
  if (error instanceof OperationError) return { failure: error.failure, text: error.message };
  const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return { failure: "engine", text: `${what} cannot be told: ${reason}` };
}
