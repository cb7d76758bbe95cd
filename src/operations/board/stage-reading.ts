import type { Model } from "../../config/parse.ts";
import type { StageSettings } from "../../model/settings.ts";
import { type TraefikInPrometheus, traefikInPrometheus } from "../../model/traefik-in-prometheus.ts";
import { planRollout } from "../../plan/plan.ts";
import type { RolloutPlan } from "../../plan/rollout-plan.ts";
import { type ServicesOfVariant, servicesOfVariants } from "../../traffic/metrics/services-of-variant.ts";
import { readEntries } from "../audit/read-entries.ts";
import { OperationError } from "../errors.ts";
import { findSite } from "../find-site.ts";
import { lastApplied, readHistory, tellEffects, type Update } from "../history.ts";
import { modelOrNull, type Project, readStackFile, stagesOf } from "../project.ts";
import type { ExposuresOf } from "../status/last-changes.ts";
import { exposuresByConfig } from "../status/read-status.ts";
import { attempt } from "./attempt.ts";
import type { Lack } from "./board.ts";
import type { ToldStage } from "./flag-updates.ts";

/** How many updates of a stage are told, the newest. */
const MOST_UPDATES = 200;

/** What of one stage is read once for all flags. */
export interface StageReading extends ToldStage {
  /** The newest updates, the oldest first. */
  readonly history: readonly Update[];
  /** What runs, and what Traefik's metrics call it; null where that is not known. */
  readonly running: {
    readonly plan: RolloutPlan;
    readonly servicesOf: ServicesOfVariant;
    /** Above how many seconds an answer counts as slow for a flag; null where its catalogue does not say. */
    readonly slowAbove: (flag: string) => number | null;
  } | null;
  /** Where its metrics are; null where that is not known. */
  readonly metrics: MetricsPlace | null;
  readonly lacks: readonly Lack[];
}

export type MetricsPlace =
  | { readonly kind: "prometheus"; readonly address: string; readonly traefik: TraefikInPrometheus }
  | { readonly kind: "traefik"; readonly admin: string };

/** Reads all stages of a project. */
export function readStages(project: Project): Promise<StageReading[]> {
  return Promise.all(stagesOf(project).map((stage) => readStage(project, stage)));
}

/** Reads a stage; what cannot be read is among its lacks. */
async function readStage(project: Project, stage: string): Promise<StageReading> {
  const lacks: Lack[] = [];
  const [history, audit, stackFile] = await Promise.all([
    attempt<readonly Update[]>(lacks, `the history of ${stage}`, [], () => historyOrNone(project, stage)),
    attempt(lacks, `the audit of ${stage}`, { entries: [], warning: null }, () => readEntries(project, stage)),
    attempt(lacks, `the config of ${stage}`, null, () => readStackFile(project, stage)),
  ]);
  const last = lastApplied(history);
  const applied = last === undefined ? null : modelOrNull(project, stage, last.config);
  const settings = (stackFile === null ? null : modelOrNull(project, stage, stackFile.config)?.settings) ?? applied?.settings ?? null;
  const site = await attempt(lacks, `where ${stage} runs`, null, () => findSite(project, stage, stackFile, last));
  const admin = site?.edges.find(({ api }) => api !== null)?.api ?? null;
  // One more, for the oldest to be compared with.
  const shown = history.slice(-MOST_UPDATES - 1);
  if (history.length > MOST_UPDATES) {
    lacks.push({
      what: `what ${stage} was before its newest ${MOST_UPDATES} updates`,
      reason: `it has ${history.length}; npx sluice history --stage ${stage} has all`,
    });
  }
  return {
    stage,
    history: shown,
    tell: once(() => tellEffects(project, stage, shown)),
    isCut: history.length > MOST_UPDATES,
    entries: audit.entries,
    exposuresOf: onceAnUpdate(exposuresByConfig(project, stage)),
    running: applied === null ? null : runningOf(applied),
    metrics: placeOf(settings, admin),
    lacks,
  };
}

function runningOf({ catalog, settings }: Model): StageReading["running"] {
  const plan = planRollout(catalog, settings);
  const slowAbove = (flag: string): number | null =>
    Object.values(catalog.flags[flag]?.watch.metrics ?? {}).find((metric) => metric.kind === "latency")?.limit ?? null;
  return { plan, servicesOf: servicesOfVariants(plan, settings.target), slowAbove };
}

/** Every flag asks for every update. */
function onceAnUpdate(exposuresOf: ExposuresOf): ExposuresOf {
  const known = new Map<Update, ReturnType<ExposuresOf>>();
  return (update) => {
    const found = known.get(update);
    if (found !== undefined) return found;
    const exposures = exposuresOf(update);
    known.set(update, exposures);
    return exposures;
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function placeOf(settings: StageSettings | null, admin: string | null): MetricsPlace | null {
  const address = settings?.prometheus ?? null;
  if (settings !== null && address !== null) return { kind: "prometheus", address, traefik: traefikInPrometheus(settings) };
  return admin === null ? null : { kind: "traefik", admin };
}

/** A stage that was never deployed has none, which is no fault. */
async function historyOrNone(project: Project, stage: string): Promise<readonly Update[]> {
  return readHistory(project, stage).catch((error: unknown) => {
    if (error instanceof OperationError && error.failure === "missing") return [];
    throw error;
  });
}
