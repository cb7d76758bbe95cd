import { edgesOf, type Target } from "../../model/target.ts";
import { ask } from "../../net/ask.ts";
import { planRollout } from "../../plan/plan.ts";
import { probeRoutes } from "../../traffic/probe-routes.ts";
import { engineOf } from "../engine.ts";
import { OperationError } from "../errors.ts";
import { type Matrix, readMatrix } from "../matrix.ts";
import { modelOf, type Project, readStackFile, stagesOf } from "../project.ts";
import { isProven } from "../rollback/proof.ts";
import { applyRollback, planRollback } from "../rollback/rollback.ts";
import { type Serving, serve } from "../serve/serve.ts";
import { verifyStage } from "../verify/verify.ts";
import { startLoad } from "./load.ts";

/** The flag that the demo walks through the stages, and what shows it. */
export const FLAG = "ELEVENLABS_AGENT_ENABLED";
const SERVICE = "voice-api";
const PATH = "/voice";
const GATED_PATH = "/agent";
const PARTIAL = 25;
/** Newcomers that are sent to each service. */
const VISITORS = 400;
const CLIENTS = 8;

export interface Walk {
  readonly project: Project;
  readonly traefik: string;
  serving: Serving | null;
}

/** One step of the walk: what it does, and the doing, which gives what came of it and throws when it is not what it should be. */
export interface Step {
  readonly title: string;
  run(progress: (text: string) => void): Promise<string>;
}

/** The steps from a flag that is off everywhere to production and back. Needs the stages dev, staging and production. */
export function walkSteps(walk: Walk): Step[] {
  const { project } = walk;
  return [
    {
      title: "three stages up, the flag off everywhere",
      async run(progress) {
        for (const stage of stagesOf(project)) {
          progress(`pulumi up --stack ${stage}`);
          await engineOf(project, stage).create();
          await up(project, stage);
        }
        walk.serving = await serve(project, stagesOf(project), walk.traefik, () => undefined);
        for (const stage of stagesOf(project)) await requireExposure(project, stage, 0);
        return "every route answers without the flag";
      },
    },
    {
      title: `dev: ${FLAG} on`,
      async run(progress) {
        progress(`pulumi config set --path flags.${FLAG} true && pulumi up`);
        await setFlag(project, "dev", "true");
        await up(project, "dev");
        await requireExposure(project, "dev", 100);
        return `everyone has it, and ${GATED_PATH} exists`;
      },
    },
    {
      title: "production before staging: refused",
      async run() {
        await setFlag(project, "production", "true");
        const refusal = await up(project, "production").then(
          () => null,
          (error: unknown) => error,
        );
        await setFlag(project, "production", "false");
        if (!(refusal instanceof OperationError) || refusal.failure !== "refused")
          throw new Error(`production was not refused by the order: ${String(refusal)}`);
        await requireExposure(project, "production", 0);
        return (
          refusal.message
            .split("\n")
            .find((line) => line.includes("would go to"))
            ?.trim() ?? ""
        );
      },
    },
    {
      title: `staging: ${FLAG} on`,
      async run() {
        await setFlag(project, "staging", "true");
        await up(project, "staging");
        await requireExposure(project, "staging", 100);
        return "everyone has it";
      },
    },
    {
      title: `production: ${FLAG} at ${PARTIAL} per cent`,
      async run(progress) {
        await setFlag(project, "production", String(PARTIAL));
        await up(project, "production");
        await requireExposure(project, "production", PARTIAL);
        const report = await verifyStage(project, "production", {
          visitors: VISITORS,
          onProgress: (event) => {
            if (event.kind === "checked") progress(event.check.name);
            else if (event.done % 100 === 0) progress(`${event.done} of ${event.of} visitors of ${event.service}`);
          },
        });
        const failed = report.checks.filter((check) => check.state === "fail");
        if (failed.length > 0) throw new Error(failed.map(({ name, expected, found }) => `${name}: expected ${expected}, found ${found}`).join("; "));
        const split = report.splits.find((one) => one.service === SERVICE);
        // The steps are cut so that the flag is on for the first buckets, up to its exposure.
        const on = split?.buckets.reduce((sum, { count }, index, all) => (upTo(all, index) <= PARTIAL ? sum + count : sum), 0) ?? 0;
        const measured = ((100 * on) / (split?.newcomers ?? 1)).toFixed(1);
        return `expected ${PARTIAL}%, measured ${measured}% of ${VISITORS} visitors; each saw the same on both services and on return`;
      },
    },
    {
      title: "production: rolled back under load",
      async run() {
        const url = await urlOf(project, "production");
        const load = startLoad(url, PATH, "sluice-1=demo", CLIENTS);
        const started = performance.now();
        const result = await planRollback(project.root, "production", { kind: "previous" }, { kind: "stage" })
          .then((plan) => applyRollback(project.root, plan))
          .catch(async (error: unknown) => {
            await load.stop();
            throw error;
          });
        const ended = performance.now();
        const seen = await load.stop();
        if (!isProven(result.proof)) throw new Error("the rollback could not be proven");
        if (seen.lastOn === null) throw new Error("the load never met the flag");
        if (seen.lastOn > ended) throw new Error("a visitor still had the flag after the rollback");
        if (seen.lost > 0) throw new Error(`${seen.lost} of ${seen.requests} requests were lost`);
        await requireExposure(project, "production", 0);
        const seconds = (from: number, to: number): string => ((to - from) / 1000).toFixed(1);
        return `last visitor with the flag after ${seconds(started, seen.lastOn)} s, proven after ${seconds(started, ended)} s; ${seen.lost} of ${seen.requests} requests lost`;
      },
    },
  ];
}

/** The upper end of a bucket, in per cent of visitors. */
function upTo(buckets: readonly { readonly weight: number }[], index: number): number {
  return buckets.slice(0, index + 1).reduce((sum, { weight }) => sum + weight, 0);
}

/** The matrix at the end: on in dev and staging, off in production. @throws Error when it says something else */
export async function finalMatrix(walk: Walk): Promise<Matrix> {
  const matrix = await readMatrix(walk.project.root);
  const row = JSON.stringify(matrix.exposures[FLAG]);
  if (row !== JSON.stringify({ dev: 100, staging: 100, production: 0 })) throw new Error(`the matrix says ${row}`);
  return matrix;
}

async function up(project: Project, stage: string): Promise<void> {
  await engineOf(project, stage).up("demo");
}

async function setFlag(project: Project, stage: string, value: string): Promise<void> {
  await engineOf(project, stage).setConfig(`flags.${FLAG}`, value);
}

function visitorUrl(target: Target): string {
  const [edge] = edgesOf(target);
  if (edge?.url === undefined || edge.url === null) throw new Error("the demo needs a stage that says where visitors come in");
  return edge.url;
}

async function urlOf(project: Project, stage: string): Promise<string> {
  return visitorUrl(modelOf(project, stage, (await readStackFile(project, stage)).config).settings.target);
}

/** Asks every route as every kind of visitor, and the gated route, whether they show this exposure. */
async function requireExposure(project: Project, stage: string, exposure: number): Promise<void> {
  const { catalog, settings } = modelOf(project, stage, (await readStackFile(project, stage)).config);
  const plan = planRollout(catalog, settings);
  const planned = plan.flags[FLAG]?.exposure ?? 0;
  if (planned !== exposure) throw new Error(`${stage} plans ${FLAG} at ${planned} per cent, not ${exposure}`);
  const url = visitorUrl(settings.target);
  const wrong = (await probeRoutes(plan, url)).filter((answer) => answer.state !== "as planned");
  if (wrong.length > 0) throw new Error(`${stage}: ${wrong.map((answer) => `${answer.route}, ${answer.visitor}: ${answer.detail}`).join("; ")}`);
  const { status } = await ask(url, { path: GATED_PATH });
  if (exposure > 0 !== (status === 200)) throw new Error(`${stage}: ${GATED_PATH} answers with status ${status} at ${exposure} per cent`);
}
