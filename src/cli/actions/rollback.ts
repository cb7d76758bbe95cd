import { OperationError } from "../../operations/errors.ts";
import { readProject } from "../../operations/project.ts";
import { goesAwayByWaiting } from "../../operations/rollback/obstacles.ts";
import { isProven, type Proof } from "../../operations/rollback/proof.ts";
import { recordRollback } from "../../operations/rollback/record-rollback.ts";
import { applyRollback, planRollback, type RollbackPlan, type RollbackScope } from "../../operations/rollback/rollback.ts";
import { parseSelector } from "../../operations/rollback/select-update.ts";
import { resourceName } from "../../operations/state-files.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";
import { paint } from "../style.ts";
import { warn } from "../warn.ts";

export interface RollbackOptions {
  readonly stage: string;
  readonly to?: string;
  readonly preview?: true;
  readonly settingsOnly?: true;
  readonly flag?: string;
  readonly reason?: string;
  readonly json?: true;
}

/** Shows what a rollback does, does it, and shows the proof. */
export async function rollback(root: string, options: RollbackOptions): Promise<number> {
  const plan = await planRollback(root, options.stage, parseSelector(options.to), scopeOf(options));
  const json = options.json === true;
  if (!json) process.stdout.write(`${renderPlan(plan)}\n`);
  if (options.preview === true) {
    if (json) printJson({ ...planDocument(plan), applied: null });
    return previewCode(plan);
  }
  const result = await applyRollback(root, plan);
  if (json) printJson({ ...planDocument(plan), applied: { seconds: result.seconds, proven: isProven(result.proof), proof: result.proof } });
  else
    process.stdout.write(
      `${result.recovered.map((text) => `first: ${text}\n`).join("")}applied in ${result.seconds.toFixed(1)} s\n${renderProof(result.proof)}\n`,
    );
  // People are told once traffic is where it belongs.
  const { openBooks } = await import("../../operations/bookkeeping.ts");
  const books = await openBooks(await readProject(root), options.stage, plan.stackFile);
  await recordRollback(books, plan, result, options.reason ?? null);
  warn(await books.close());
  return isProven(result.proof) ? EXIT.ok : EXIT.unproven;
}

function scopeOf({ flag, settingsOnly }: RollbackOptions): RollbackScope {
  if (flag !== undefined && settingsOnly === true)
    throw new OperationError("config", "--flag and --settings-only do not go together: one flag is always restored on today's catalogue.");
  if (flag !== undefined) return { kind: "flag", flag };
  return { kind: settingsOnly === true ? "settings" : "stage" };
}

function previewCode({ obstacles }: RollbackPlan): number {
  if (obstacles.length === 0) return EXIT.ok;
  return obstacles.some(goesAwayByWaiting) ? EXIT.busy : EXIT.refused;
}

function planDocument({ stage, target, effects, obstacles, scope }: RollbackPlan): object {
  const { number, endedAt, message } = target;
  return { stage, to: { number, endedAt, message }, scope, effects, obstacles };
}

function renderPlan(plan: RollbackPlan): string {
  const { number, endedAt, message } = plan.target;
  const what = plan.scope.kind === "flag" ? `${plan.stage}, ${plan.scope.flag} alone` : plan.stage;
  const lines = [`${what}: back to update ${number} of ${endedAt.toISOString().slice(0, 19)}Z${message === "" ? "" : ` (${message})`}`];
  lines.push(...plan.effects.map((effect) => `  ${effect}`));
  lines.push(...plan.obstacles.map((obstacle) => `  ${paint("bad", "cannot be restored")}: ${obstacle.text}`));
  return lines.join("\n");
}

/** The proof in words, with every single thing that is not as it was. */
export function renderProof(proof: Proof): string {
  const lines = [
    ...renderStateProof(proof.state),
    ...proof.flagsAmiss.map((flag) => `${paint("bad", "NOT proven")}: the record of the stage says something else of ${flag}`),
  ];
  if (proof.routes === null) return [...lines, "routes: not asked, no Traefik of this stage answers"].join("\n");
  const { answers, routersAmiss } = proof.routes;
  const wrong = answers.filter((answer) => answer.state === "wrong");
  const notAsked = answers.filter((answer) => answer.state === "not asked");
  const asked = answers.length - notAsked.length;
  lines.push(
    wrong.length === 0 && routersAmiss.length === 0
      ? `${paint("good", "proven")}: Traefik has the routers of that update, and ${asked} requests were answered as then`
      : `${paint("bad", "NOT proven")}: routes are not as they were`,
  );
  lines.push(...routersAmiss.map((router) => `  router ${router}`), ...wrong.map((answer) => `  ${answer.route}, ${answer.visitor}: ${answer.detail}`));
  lines.push(...notAsked.map((answer) => `  not asked: ${answer.route}: ${answer.detail}`));
  return lines.join("\n");
}

function renderStateProof(state: Proof["state"]): string[] {
  if (state === null) return ["state: not compared, no earlier update had this config as a whole"];
  if (state.mismatches.length === 0) return [`${paint("good", "proven")}: the inputs of all ${state.resources} resources are those of that update`];
  const amiss = state.mismatches.map(({ urn, state: kind, inputs }) => `  ${resourceName(urn)}: ${kind} ${inputs.join(", ")}`);
  return [`${paint("bad", "NOT proven")}: resources are not as they were`, ...amiss];
}
