import type { Catalog } from "../../model/catalog.ts";
import { inParallel } from "../../net/in-parallel.ts";
import { redact } from "../audit/redact.ts";
import { OperationError } from "../errors.ts";
import { catalogOf, flagNamesOf, type Project, readProject } from "../project.ts";
import { readStatus, type Status } from "../status/read-status.ts";
import { attempt } from "./attempt.ts";
import type { Board, DrillLine, FlagDetail, FlagInStage, FlagRow, Lack, Metrics } from "./board.ts";
import { exposurePoints, untilNow } from "./exposure-points.ts";
import { flagUpdates } from "./flag-updates.ts";
import { readDrillReports } from "./read-drill-reports.ts";
import { type OfferRollback, offeringRollbacks } from "./rollback-offer.ts";
import { readStages, type StageReading } from "./stage-reading.ts";
import { tellWay } from "./way.ts";

/** Looks at the metrics of a stage, and gives with that those of any flag in it; never throws, and never takes long. */
export type ReadMetrics = (stage: StageReading, now: Date) => Promise<(flag: string) => Promise<Metrics>>;

/** Which flags are shown in full. */
export type InFull = "none" | "all" | { readonly flag: string };

/** How many entries of the audit, and updates, are shown of a flag, the newest. */
const MOST_LINES = 50;
/** How many flags' metrics are asked for at once, and how long in all, in milliseconds. */
const AT_ONCE = 8;
const MOST_TIME = 6_000;
const NOT_ASKED: Metrics = { kind: "none", reason: "those of other flags took too long; sluice report --flag asks for one alone" };

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
  // Everything that waits for others comes first: what is worked out of it would hold up their answers.
  const full = shown.length === 0 ? [] : await readInFull(project, stages, shown, now, readMetrics);
  const details = shown.map((flag) => detailOf({ project, catalog, status, stages: full, drills: reports.drills, now }, flag));
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

/** A stage with all that is shown of flags in it. */
interface FullReading extends StageReading {
  /** The stage before; null for the first. */
  readonly previous: string | null;
  readonly metricsOf: (flag: string) => Metrics;
  readonly offer: OfferRollback;
}

async function readInFull(
  project: Project,
  stages: readonly StageReading[],
  flags: readonly string[],
  now: Date,
  readMetrics: ReadMetrics,
): Promise<FullReading[]> {
  const looks = await Promise.all(stages.map(async (stage) => ({ stage, look: await readMetrics(stage, now) })));
  return Promise.all(
    looks.map(async ({ stage, look }, index) => {
      const read = await inParallel(flags, AT_ONCE, async (flag) => [flag, await look(flag)] as const, performance.now() + MOST_TIME);
      const metrics = new Map(read.filter((one) => one !== null));
      return {
        ...stage,
        previous: stages[index - 1]?.stage ?? null,
        metricsOf: (flag: string) => metrics.get(flag) ?? NOT_ASKED,
        offer: await offeringRollbacks(project, stage.stage),
      };
    }),
  );
}

interface Readings {
  readonly project: Project;
  readonly catalog: Catalog | null;
  readonly status: Status | null;
  readonly stages: readonly FullReading[];
  readonly drills: readonly DrillLine[];
  readonly now: Date;
}

function detailOf({ project, catalog, status, stages, drills, now }: Readings, flag: string): FlagDetail {
  const definition = catalog?.flags[flag] ?? null;
  const updates = stages.flatMap((stage) => flagUpdates(stage, project.name, flag)).sort((a, b) => b.at.getTime() - a.at.getTime());
  const audit = stages
    .flatMap(({ entries }) => entries.filter(({ subject }) => subject?.split("/")[0] === flag))
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const inStages = stages.map((stage) => inStage(stage, status, now, flag));
  const facts = { flag, definition, stages: inStages, updates: updates.slice(0, MOST_LINES), audit: audit.slice(0, MOST_LINES), drills };
  return { steps: catalog?.steps ?? [], way: tellWay(facts, now), ...facts };
}

function inStage(reading: FullReading, status: Status | null, now: Date, flag: string): FlagInStage {
  const { stage, previous, metricsOf, offer } = reading;
  const own = status?.stages[stage];
  return {
    stage,
    previous,
    deployed: own?.deployed ?? null,
    status: own?.flags[flag] ?? null,
    exposures: pointsOf(flag, reading, status, now),
    metrics: metricsOf(flag),
    rollback: offer(flag),
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
