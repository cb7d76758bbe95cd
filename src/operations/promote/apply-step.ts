import { readFile } from "node:fs/promises";
import { writeAtomically } from "../../files/write-atomically.ts";
import type { Fault } from "../../model/fault.ts";
import { describeEffects } from "../../plan/effects.ts";
import { askGates } from "../ask-gates.ts";
import type { GateFact } from "../audit/entry.ts";
import { OperationError } from "../errors.ts";
import { readHistory } from "../history.ts";
import { modelOf } from "../project.ts";
import { replaceStackFile, withConfig } from "../stack-file.ts";
import { holdingStage } from "../stage-lock.ts";
import { isVerified } from "../verify/report.ts";
import { verifyStage } from "../verify/verify.ts";
import type { Promotion } from "./plan-promotion.ts";
import { promoteMessage } from "./resume.ts";
import type { RunContext } from "./run-context.ts";
import { withExposure, withOtherFlags } from "./step-config.ts";

/** Visitors by whom a step is verified. */
const VISITORS = 200;

/** Asks the gates of a step. @returns what they refuse, in words; empty when they let it pass */
export async function checkStep(
  { stage, flag, clock, onEvent }: RunContext,
  promotion: Promotion,
  exposure: number,
): Promise<{ readonly refused: readonly string[]; readonly gates: readonly GateFact[] }> {
  const { project, config } = promotion;
  const decision = await askGates(project, stage, withExposure(config, project.name, flag, exposure), clock.now());
  const verdicts = decision.verdicts.filter((verdict) => verdict.flag === flag);
  onEvent({ kind: "gates", verdicts });
  return {
    refused: decision.refusals.map((refusal) => renderRefusal(refusal)),
    gates: verdicts.map(({ gate, fact, refusal }) => ({ gate, holds: refusal === null, fact })),
  };
}

function renderRefusal({ path, found, wayOut }: Fault): string {
  return `${path} ${found}${wayOut === null ? "" : `\n           ${wayOut}`}`;
}

/**
 * Previews and applies one step. Goals that the file has for other flags stay in it, and are not applied.
 * @returns the number of the update
 * @throws OperationError when the engine fails; the file is as before then
 */
export async function applyStep(context: RunContext, promotion: Promotion, exposure: number, origin: number): Promise<number> {
  const { root, stage, flag, engine, onEvent } = context;
  const { project, config, stackFile } = promotion;
  const step = withExposure(config, project.name, flag, exposure);
  return holdingStage(root, stage, async () => {
    const before = await readFile(stackFile.path, "utf8");
    if (before !== stackFile.text) throw new OperationError("busy", `${stackFile.path} was changed a moment ago. Look at it, then start the promotion again.`);
    const after = withConfig(before, step);
    const seconds = await replaceStackFile(stackFile.path, before, after, async () => {
      onEvent({ kind: "previewed", changes: await engine.preview(), effects: describeEffects(promotion.model, modelOf(project, stage, step)) });
      return engine.up(promoteMessage(flag, exposure, origin));
    });
    const update = (await readHistory(project, stage)).at(-1)?.number ?? 0;
    if ((await readFile(stackFile.path, "utf8")) === after)
      await writeAtomically(stackFile.path, withConfig(before, withOtherFlags(step, stackFile.config, project.name, flag)), 0o644);
    onEvent({ kind: "updated", update, seconds });
    return update;
  });
}

/** Verifies the stage on real traffic. @returns what is not as it should be, in words */
export async function verifyStep({ onEvent, stage }: RunContext, { project }: Promotion): Promise<string[]> {
  const report = await verifyStage(project, stage, { visitors: VISITORS, onProgress: () => undefined });
  if (isVerified(report)) {
    onEvent({ kind: "verified", checks: report.checks.filter(({ state }) => state === "pass").length });
    return [];
  }
  return report.checks.filter(({ state }) => state === "fail").map(({ name, found }) => `${name}: ${found}`);
}
