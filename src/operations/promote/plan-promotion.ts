import type { Model } from "../../config/parse.ts";
import { settingOf } from "../../model/settings.ts";
import { listens } from "../../net/listens.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { auditPath, readAuditFile } from "../audit/audit-file.ts";
import type { Entry } from "../audit/entry.ts";
import { verifyAudit } from "../audit/verify.ts";
import { OperationError } from "../errors.ts";
import { siteOf } from "../find-site.ts";
import { partsOf } from "../flag-parts.ts";
import { lastApplied, readHistory, type Update } from "../history.ts";
import { catalogOf, modelOf, type Project, readProject, readStackFile, requireStage, type StackFile } from "../project.ts";
import { requireFlag } from "../require-flag.ts";
import { unappliedChanges } from "../unapplied-changes.ts";
import { wayToTraefik } from "../way-to-traefik.ts";
import { type Aim, planSteps } from "./plan-steps.ts";
import { findLastStep, isFinished, isWatched, type LastStep } from "./resume.ts";

/** A promotion that is ready to begin, or to go on; nothing has been touched. */
export interface Promotion {
  readonly project: Project;
  readonly stage: string;
  readonly flag: string;
  /** What runs now. */
  readonly model: Model;
  readonly config: Readonly<Record<string, unknown>>;
  readonly stackFile: StackFile;
  /** Exposures still to come, ascending. */
  readonly steps: readonly number[];
  /** What the setting that runs says, in per cent of visitors. */
  readonly present: number;
  /** The step of an earlier start that runs now and was not watched to its end; null where there is none. */
  readonly openStep: LastStep | null;
  /** The update to go back to on a breach, and the exposure then. */
  readonly origin: { readonly update: number; readonly exposure: number };
}

/** Keys of a stage that change nothing for visitors, and are taken as they stand in the file. */
const FREE_KEYS = ["approvals", "overrides", "differs", "prometheus", "webhook"];

/**
 * Finds what a promotion has to do, from state and history alone.
 * @throws OperationError when it cannot begin, with the way out
 */
export async function planPromotion(root: string, stage: string, flag: string, aim: Aim): Promise<Promotion> {
  const project = await readProject(root);
  requireStage(project, stage);
  const catalog = catalogOf(project, {});
  requireFlag(project, flag);
  const stackFile = await readStackFile(project, stage);
  const history = await readHistory(project, stage);
  const last = lastApplied(history);
  if (last === undefined) throw new OperationError("missing", `${stage} is not deployed. First: npx pulumi up --stack ${stage}`);
  requireApplied(project, stage, stackFile, last);
  const model = modelOf(project, stage, withFreeKeys(project, last.config, stackFile));
  requireReadable(model, flag);
  await requireServed(project, stage, flag, model);
  const present = settingOf(model.settings, flag).exposure;
  const steps = planSteps(catalog, flag, present, aim);
  const said = (update: Update): string => canonicalJson(partsOf(update.config, project.name, flag));
  const lastStep = findLastStep(history, flag, said);
  const entries = lastStep === null ? [] : await readEntries(project, stage);
  const goesOn = lastStep !== null && !isFinished(entries, flag, lastStep);
  const originUpdate = history.find(({ number }) => number === (goesOn ? lastStep.origin : last.number));
  return {
    project,
    stage,
    flag,
    model,
    config: withFreeKeys(project, last.config, stackFile),
    stackFile,
    steps,
    present,
    openStep: goesOn && !isWatched(entries, lastStep) ? lastStep : null,
    origin: {
      update: originUpdate?.number ?? last.number,
      exposure: originUpdate === undefined ? present : settingOf(modelOf(project, stage, originUpdate.config).settings, flag).exposure,
    },
  };
}

/** What the audit says; nothing where it cannot be read, so that a step is watched again rather than not at all. */
async function readEntries(project: Project, stage: string): Promise<readonly Entry[]> {
  const text = await readAuditFile(auditPath(project, stage)).catch(() => "");
  return verifyAudit(text, stage).entries;
}

/** An update of the promotion would apply everything in the files; only what it is about may be ahead. */
function requireApplied(project: Project, stage: string, stackFile: StackFile, last: Update): void {
  const where = unappliedChanges(project, stackFile, last, [...FREE_KEYS, "flags"]);
  if (where.length === 0) return;
  throw new OperationError(
    "refused",
    `${stage} has changes that are not applied yet, and a promotion would apply them with its first step: ${where.join(", ")}. Apply them first: npx pulumi up --stack ${stage}; or take them back.`,
  );
}

/** Metrics in PromQL need someone to ask. */
function requireReadable({ catalog, settings }: Model, flag: string): void {
  const asking = Object.entries(catalog.flags[flag]?.watch.metrics ?? {}).filter(([, { kind }]) => kind === "ratio" || kind === "value");
  if (asking.length === 0 || settings.prometheus !== null) return;
  throw new OperationError(
    "config",
    `${flag} is judged by ${asking.map(([name]) => name).join(", ")}, in PromQL, and ${settings.stage} has no Prometheus. First: npx pulumi config set --stack ${settings.stage} prometheus http://127.0.0.1:9090`,
  );
}

/** The stage's config that runs, with what the file says of who approves, who is told and what is meant; the catalogue is today's. */
function withFreeKeys(project: Project, config: Readonly<Record<string, unknown>>, stackFile: StackFile): Record<string, unknown> {
  const free = FREE_KEYS.map((key) => `${project.name}:${key}`);
  const kept = Object.entries(config).filter(([key]) => !free.includes(key) && key !== `${project.name}:catalog`);
  return Object.fromEntries([...kept, ...Object.entries(stackFile.config).filter(([key]) => free.includes(key))]);
}

async function requireServed(project: Project, stage: string, flag: string, { settings }: Model): Promise<void> {
  const site = await siteOf(project, stage, settings.target);
  const standing = await site.standingKills.read();
  if (settings.kill[flag] === true || standing.some(({ flags }) => flags.includes(flag))) {
    throw new OperationError("refused", `${flag} is killed in ${stage}. First: npx sluice revive ${flag} --stage ${stage}`);
  }
  for (const { name, api } of site.edges) {
    if (api === null) {
      if (settings.prometheus !== null) continue;
      throw new OperationError(
        "config",
        `Nothing says where the metrics of ${name} are. Set the address of a Prometheus: npx pulumi config set --stack ${stage} prometheus http://127.0.0.1:9090; or of Traefik's API, as api.`,
      );
    }
    if (await listens(api)) continue;
    throw new OperationError(
      "missing",
      `No Traefik of ${stage} answers at ${api}, so nobody could see what a step does. ${wayToTraefik(stage, settings.target.kind)}`,
    );
  }
}
