import type { Catalog } from "../../model/catalog.ts";
import { redact } from "../audit/redact.ts";
import { OperationError } from "../errors.ts";
import { catalogOf, flagNamesOf, type Project, readProject } from "../project.ts";
import { readStatus, type Status } from "../status/read-status.ts";
import { attempt } from "./attempt.ts";
import type { Board, DrillLine, FlagDetail, FlagInStage, FlagRow, Lack, Metrics } from "./board.ts";
import { exposurePoints, untilNow } from "./exposure-points.ts";
import { flagUpdates } from "./flag-updates.ts";
import { readDrillReports } from "./read-drill-reports.ts";
import { offerRollback } from "./rollback-offer.ts";
import { readStages, type StageReading } from "./stage-reading.ts";
import { tellWay } from "./way.ts";

/** Gives the metrics of a flag in a stage; never throws, and never takes long. */
export type ReadMetrics = (stage: StageReading, flag: string, now: Date) => Promise<Metrics>;

/** Which flags are shown in full. */
export type InFull = "none" | "all" | { readonly flag: string };

/** How many entries of the audit, and updates, are shown of a flag, the newest. */
const MOST_LINES = 50;

/**
 * Gathers everything that the board shows, without the engine and without touching anything. What cannot be
 * read is a lack beside the rest.
 * @param stagesOf gives what was read of the stages before, where it still holds
 * @throws OperationError when there is no project, or its catalogue has no stages
 */
export async function readBoard(
  root: string,
  inFull: InFull,
  now: Date,
  readMetrics: ReadMetrics,
  stagesOf: (project: Project) => Promise<readonly StageReading[]> = readStages,
): Promise<Board> {
  const project = await readProject(root);
  const lacks: Lack[] = [];
  const [status, stages, reports] = await Promise.all([
    attempt(lacks, "the status of the stages", null, () => readStatus(root, now)),
    stagesOf(project),
    attempt(lacks, "the drill reports", { drills: [], lacks: [] }, () => readDrillReports(root)),
  ]);
  lacks.push(...stages.flatMap((stage) => stage.lacks), ...reports.lacks);
  const flags = status?.flags ?? flagNamesOf(project);
  const shown = inFull === "none" ? [] : flags.filter((flag) => inFull === "all" || flag === inFull.flag);
  const catalog = catalogOrNull(project);
  const details = await Promise.all(
    shown.map((flag) => readDetail({ root, project, catalog, status, stages, drills: reports.drills, now, readMetrics }, flag)),
  );
  const silent = stages.filter(({ stage, metrics }) => metrics?.kind === "traefik" && status?.stages[stage]?.traefik?.reachable === false);
  lacks.push(...details.flatMap((detail) => detail.stages.filter(({ stage }) => !silent.some((one) => one.stage === stage)).flatMap(metricsLack)));
  // An error, a message or a reason may hold an address with a password, or one that is a token.
  return redact<Board>({
    at: now,
    project: project.name,
    status,
    lacks: distinct(lacks, status),
    rows: flags.map((flag) => rowOf(flag, stages, status, now)),
    details,
  });
}

interface Readings {
  readonly root: string;
  readonly project: Project;
  readonly catalog: Catalog | null;
  readonly status: Status | null;
  readonly stages: readonly StageReading[];
  readonly drills: readonly DrillLine[];
  readonly now: Date;
  readonly readMetrics: ReadMetrics;
}

async function readDetail(readings: Readings, flag: string): Promise<FlagDetail> {
  const { project, catalog, stages, drills, now } = readings;
  const definition = catalog?.flags[flag] ?? null;
  const updates = stages.flatMap((stage) => flagUpdates(stage, project.name, flag)).sort((a, b) => b.at.getTime() - a.at.getTime());
  const audit = stages
    .flatMap(({ entries }) => entries.filter(({ subject }) => subject?.split("/")[0] === flag))
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const inStages = await Promise.all(stages.map((stage, index) => readInStage(readings, stage, stages[index - 1]?.stage ?? null, flag)));
  const facts = { flag, definition, stages: inStages, updates: updates.slice(0, MOST_LINES), audit: audit.slice(0, MOST_LINES), drills };
  return { steps: catalog?.steps ?? [], way: tellWay(facts, now), ...facts };
}

async function readInStage({ root, status, now, readMetrics }: Readings, reading: StageReading, previous: string | null, flag: string): Promise<FlagInStage> {
  const { stage } = reading;
  const own = status?.stages[stage];
  const [metrics, rollback] = await Promise.all([readMetrics(reading, flag, now), offerRollback(root, stage, flag)]);
  return {
    stage,
    previous,
    deployed: own?.deployed ?? null,
    status: own?.flags[flag] ?? null,
    exposures: pointsOf(flag, reading, status, now),
    metrics,
    rollback,
  };
}

function rowOf(flag: string, stages: readonly StageReading[], status: Status | null, now: Date): FlagRow {
  return { flag, exposures: Object.fromEntries(stages.map((stage) => [stage.stage, pointsOf(flag, stage, status, now)])) };
}

function pointsOf(flag: string, { stage, history, exposuresOf }: StageReading, status: Status | null, now: Date): FlagInStage["exposures"] {
  const cell = status?.stages[stage]?.flags[flag];
  return untilNow(exposurePoints(history, flag, exposuresOf), cell === undefined ? null : cell.kill === null ? cell.exposure : 0, now);
}

/** A stage that runs and whose metrics are not to be had. Where its Traefik does not answer, the status says that already. */
function metricsLack({ stage, deployed, metrics }: FlagInStage): Lack[] {
  return deployed === true && metrics.kind === "none" ? [{ what: `the metrics of ${stage}`, reason: metrics.reason }] : [];
}

/** One lack for each reason, and none that the status tells with its stage. */
function distinct(lacks: readonly Lack[], status: Status | null): Lack[] {
  const told = new Set(Object.values(status?.stages ?? {}).flatMap(({ faults, auditWarning }) => [...faults.map(({ text }) => text), auditWarning ?? ""]));
  const byReason = Map.groupBy(
    lacks.filter(({ reason }) => !told.has(reason)),
    ({ reason }) => reason,
  );
  return [...byReason].map(([reason, same]) => ({ what: [...new Set(same.map(({ what }) => what))].join(", "), reason }));
}

function catalogOrNull(project: Project): Catalog | null {
  try {
    return catalogOf(project, {});
  } catch (error) {
    if (error instanceof OperationError) return null;
    throw error;
  }
}
