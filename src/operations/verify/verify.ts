import type { Model } from "../../config/parse.ts";
import type { Edge } from "../../model/target.ts";
import { keepAliveAgent } from "../../net/ask.ts";
import { planRollout } from "../../plan/plan.ts";
import type { RolloutPlan } from "../../plan/rollout-plan.ts";
import { probeRoutes } from "../../traffic/probe-routes.ts";
import { engineOf } from "../engine.ts";
import { OperationError } from "../errors.ts";
import { siteOf } from "../find-site.ts";
import { lastApplied, readHistory, type Update } from "../history.ts";
import { modelOrNull, type Project, readStackFile } from "../project.ts";
import type { RunningRouters, Site } from "../site.ts";
import { type Checkpoint, readCheckpoint } from "../state-files.ts";
import { forgedCheck } from "./forged.ts";
import { gatedChecks } from "./gated.ts";
import { judgeDrift, judgeKills, judgeRouters, judgeRoutes, noApi, noDoor, noTraffic } from "./judge-stage.ts";
import { countSplit, judgeCookies, judgeFaith, judgeSplit, type Visits } from "./judge-visits.ts";
import { killChecks } from "./kills.ts";
import type { Check, Split, VerifyEvent, VerifyReport } from "./report.ts";
import { type TesterSecret, testerChecks } from "./testers.ts";
import { askTrials, judgeTrials } from "./trial.ts";
import { doorsOf, learnCookies, sendVisitors } from "./visits.ts";

/** How many requests are on their way at once. */
const CONNECTIONS = 16;
/** How long a verification may go on asking, in milliseconds; what is left then is not asked. */
const TIME_LIMIT = 120_000;

export interface VerifyOptions {
  /** Newcomers that are sent to each service whose visitors do not all see the same. */
  readonly visitors: number;
  readonly onProgress: (event: VerifyEvent) => void;
}

/**
 * Holds the real traffic and the files of a stage against its last successful update; settings that were
 * not applied yet do not count.
 * @throws OperationError where there is no such update, or its config cannot be read any more
 */
export async function verifyStage(project: Project, stage: string, options: VerifyOptions): Promise<VerifyReport> {
  const update = requireApplied(stage, await readHistory(project, stage));
  const model = modelOrNull(project, stage, update.config);
  if (model === null) {
    throw new OperationError("config", `The config of update ${update.number} of ${stage} cannot be read any more. First: pulumi up --stack ${stage}`);
  }
  const checkpoint = await readCheckpoint(update.checkpointPath);
  const checks: Check[] = [];
  const add = (check: Check): void => {
    checks.push(check);
    options.onProgress({ kind: "checked", check });
  };
  const site = await siteOf(project, stage, model.settings.target);
  add(
    judgeKills(
      stage,
      (await site.standingKills.read()).map(({ subject }) => subject),
    ),
  );
  add(judgeDrift(await site.findDrift(checkpoint)));
  const splits: Split[] = [];
  for (const edge of site.edges) {
    const named = site.edges.length === 1 ? add : (check: Check) => add({ ...check, name: `${edge.name}: ${check.name}` });
    splits.push(...(await checkEdge({ project, stage, update, model, checkpoint }, site, edge, options, named)));
  }
  return { stage, update: update.number, checks, splits };
}

/** Adds the checks of one Traefik. @returns how newcomers were spread */
async function checkEdge(subject: Subject, site: Site, edge: Edge, options: VerifyOptions, add: (check: Check) => void): Promise<Split[]> {
  if (edge.api === null) add(noApi(subject.stage));
  const running = edge.api === null ? null : await site.lookAtRouters(edge);
  if (edge.url === null || (edge.api !== null && running === null)) {
    add(noTraffic(subject.stage, edge, subject.model.settings.target.kind));
    return [];
  }
  return checkTraffic(subject, edge.url, running, options, add);
}

interface Subject {
  readonly project: Project;
  readonly stage: string;
  readonly update: Update;
  readonly model: Model;
  readonly checkpoint: Checkpoint;
}

/** Adds the checks of traffic, in an order that finds what is wrong for everyone first. @returns how newcomers were spread */
async function checkTraffic(
  subject: Subject,
  url: string,
  running: RunningRouters | null,
  options: VerifyOptions,
  add: (check: Check) => void,
): Promise<Split[]> {
  const { catalog, settings } = subject.model;
  const plan = planRollout(catalog, settings);
  const agent = keepAliveAgent(CONNECTIONS);
  const deadline = performance.now() + TIME_LIMIT;
  try {
    if (running !== null) add(judgeRouters(running.compare(subject.checkpoint)));
    for (const check of judgeRoutes(await probeRoutes(plan, url, agent))) add(check);
    const secret = await readTesterSecret(subject, plan);
    const trialChecks = [
      ...gatedChecks(catalog, plan, running?.routers ?? []),
      ...killChecks(catalog, plan, secret),
      ...testerChecks(plan, secret),
      forgedCheck(plan),
    ];
    for (const check of trialChecks) add(judgeTrials(plan, check, await askTrials(url, check.trials, agent, deadline)));
    const parted = Object.keys(plan.services).filter((service) => (plan.services[service]?.cohorts.length ?? 0) > 1);
    const doors = doorsOf(plan).filter((door) => parted.includes(door.service));
    for (const service of parted.filter((name) => !doors.some((door) => door.service === name))) add(noDoor(service));
    const splits: Split[] = [];
    for (const door of doors) {
      const { service } = door;
      const onVisitor = (done: number): void => options.onProgress({ kind: "visitors", service, done, of: options.visitors });
      const ownCookies = await learnCookies(plan, url, door, agent);
      const visits: Visits = { door, ownCookies, visits: await sendVisitors(plan, url, door, options.visitors, { agent, deadline, onVisitor }) };
      const split = countSplit(plan, visits);
      splits.push(split);
      for (const check of [judgeSplit(split, doors.length), judgeFaith(plan, visits), judgeCookies(visits)]) add(check);
    }
    return splits;
  } finally {
    agent.destroy();
  }
}

/** The update whose settings should be in force. */
function requireApplied(stage: string, history: readonly Update[]): Update {
  const last = lastApplied(history);
  if (last === undefined) {
    throw new OperationError("missing", `Nothing of ${stage} is deployed. First: pulumi up --stack ${stage}`);
  }
  return last;
}

/** Asks the engine for the tester secret where a check needs it and the stack file has the one that was applied. */
async function readTesterSecret({ project, stage, update }: Subject, plan: RolloutPlan): Promise<TesterSecret> {
  const needed = Object.values(plan.services).some((service) => service.testers !== null) || Object.values(plan.flags).some((flag) => flag.killed);
  const key = `${project.name}:testerSecret`;
  if (!needed || !(key in update.config)) return { known: false, reason: "the stage has no tester secret" };
  try {
    const { config } = await readStackFile(project, stage);
    if (JSON.stringify(config[key]) !== JSON.stringify(update.config[key])) {
      return { known: false, reason: `the tester secret in Pulumi.${stage}.yaml is not the one that was applied` };
    }
    return { known: true, value: (await engineOf(project, stage).getConfig("testerSecret")).trim() };
  } catch (error) {
    if (error instanceof OperationError) return { known: false, reason: `the tester secret cannot be read: ${error.message}` };
    throw error;
  }
}
