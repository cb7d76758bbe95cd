import type { Model } from "../../config/parse.ts";
import { formatDuration } from "../../model/moment.ts";
import { edgesOf } from "../../model/target.ts";
import { planRollout } from "../../plan/plan.ts";
import type { StageRecord } from "../../plan/stage-record.ts";
import { OperationError } from "../errors.ts";
import { siteOf } from "../find-site.ts";
import { readHistory, type Update } from "../history.ts";
import { modelOf, type Project, readProject, readStackFile, requireStage, type StackFile } from "../project.ts";
import { planRollback, type RollbackPlan } from "../rollback/rollback.ts";
import { readCheckpoint } from "../state-files.ts";
import { unappliedChanges } from "../unapplied-changes.ts";
import { wayToTraefik } from "../way-to-traefik.ts";
import { requireOpenGates } from "./require-open-gates.ts";
import { traefikVersion } from "./traefik-version.ts";
import { type DrillVisitors, findVisitors, seesDifference } from "./visitors.ts";

/** A drill that is ready to begin; nothing has been touched. */
export interface DrillPlan {
  readonly project: Project;
  readonly stage: string;
  readonly stackFile: StackFile;
  /** What runs now, and what it is on today's catalogue. */
  readonly from: Update;
  readonly model: Model;
  readonly record: StageRecord;
  /** What it goes back to, and how. */
  readonly to: Update;
  readonly back: RollbackPlan;
  /** What going back does to flags and routes, and the drill to their soak. */
  readonly effects: readonly string[];
  readonly load: DrillVisitors;
  /** Where the visitors of the drill come in. */
  readonly url: string;
  /** The version of the Traefik that runs. */
  readonly traefik: string;
}

/**
 * Finds what a drill of a stage would do, and whether it could come back from it.
 * @throws OperationError (`refused`) with the way out when it could not, or would measure nothing
 */
export async function planDrill(root: string, stage: string, now: Date): Promise<DrillPlan> {
  const project = await readProject(root);
  requireStage(project, stage);
  const [history, stackFile] = [await readHistory(project, stage), await readStackFile(project, stage)];
  const from = requireWhole(stage, history);
  requireApplied(project, stackFile, from);
  const model = modelOf(project, stage, stackFile.config);
  await requireNoKill(project, stage, model);
  const back = await planRollback(root, stage, { kind: "previous" }, { kind: "stage" });
  if (back.obstacles.length > 0) {
    throw refusal(`${stage} could not be rolled back to update ${back.target.number}`, back.obstacles.map(({ text }) => `- ${text}`).join("\n"));
  }
  const edge = requireEdge(stage, model);
  const traefik = await traefikVersion(edge.api);
  if (traefik === null) {
    throw refusal(`No Traefik of ${stage} answers at ${edge.api}, so there would be nothing to measure`, wayToTraefik(stage, model.settings.target.kind));
  }
  const load = findVisitors(planRollout(model.catalog, model.settings), planRollout(back.model.catalog, back.model.settings));
  if (!load.visitors.some(seesDifference)) {
    const why = load.notAsked.map(({ route, why: reason }) => `; ${route} is not asked: ${reason}`).join("");
    throw refusal(
      `Going back from update ${from.number} to update ${back.target.number} changes nothing for visitors of ${stage}${why}`,
      "Drill after an update that shows them something else.",
    );
  }
  const record = requireRecord(stage, from, (await readCheckpoint(from.checkpointPath)).record);
  const earlier = requireRecord(stage, back.target, (await readCheckpoint(back.target.checkpointPath)).record);
  await requireOpenGates(project, { stage, model: { ...back.model, catalog: model.catalog }, update: back.target.number, way: "back", left: record, now });
  await requireOpenGates(project, { stage, model, update: from.number, way: "forward", left: earlier, ran: record, now });
  const effects = [...back.effects, ...soaksAnew(model, record, earlier)];
  return { project, stage, stackFile, from, model, record, to: back.target, back, effects, load, url: edge.url, traefik };
}

/** The Traefik that is measured: the first of those of which both addresses are known. */
function requireEdge(stage: string, { settings }: Model): { readonly url: string; readonly api: string } {
  for (const { url, api } of edgesOf(settings.target)) if (url !== null && api !== null) return { url, api };
  throw refusal(`The config of ${stage} does not say where visitors come in (url) and where Traefik's API is (api)`, "Set both, then: npx pulumi up");
}

/** What runs now, as a whole. */
function requireWhole(stage: string, history: readonly Update[]): Update {
  const last = history.findLast(({ succeeded, kind, changedResources }) => kind !== "refresh" && (succeeded || changedResources));
  if (last === undefined || last.kind === "destroy") throw new OperationError("refused", `${stage} is not deployed. First: npx pulumi up --stack ${stage}`);
  if (last.succeeded && last.kind === "update") return last;
  throw refusal(
    `Update ${last.number} of ${stage} failed half-way, so what runs is the state of no update`,
    `First: npx pulumi up --stack ${stage}, or npx sluice rollback --stage ${stage}`,
  );
}

/** The way forward restores what was applied: anything that is only in the files would be lost, or come along. */
function requireApplied(project: Project, stackFile: StackFile, from: Update): void {
  const where = unappliedChanges(project, stackFile, from);
  if (where.length === 0) return;
  const { stage } = stackFile;
  throw refusal(`${stage} has changes that are not applied yet: ${where.join(", ")}`, `Apply them first: npx pulumi up --stack ${stage}; or take them back.`);
}

async function requireNoKill(project: Project, stage: string, { settings }: Model): Promise<void> {
  const standing = await (await siteOf(project, stage, settings.target)).standingKills.read();
  if (standing.length === 0) return;
  throw refusal(
    `A kill stands in ${stage} that no update has taken up yet: ${standing.map(({ subject }) => subject).join(", ")}`,
    `First: npx pulumi up --stack ${stage}`,
  );
}

function requireRecord(stage: string, { number }: Update, record: StageRecord | null): StageRecord {
  if (record !== null) return record;
  throw refusal(`The state of update ${number} of ${stage} has no record of what the gates had let pass`, `First: npx pulumi up --stack ${stage}`);
}

/** The flags that go off for a moment, and so have not been fully on without a break. */
function soaksAnew({ catalog, settings }: Model, now: StageRecord, then: StageRecord): string[] {
  return Object.entries(catalog.flags).flatMap(([flag, { soak }]) => {
    const needed = soak[settings.stage] ?? 0;
    return needed > 0 && now.exposures[flag] === 100 && then.exposures[flag] !== 100 ? [`the soak of ${flag}, ${formatDuration(needed)}, begins anew`] : [];
  });
}

function refusal(found: string, wayOut: string): OperationError {
  return new OperationError("refused", `${found}; nothing was touched.\n${wayOut}`);
}
