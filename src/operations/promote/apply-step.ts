import type { Fault } from "../../model/fault.ts";
import { describeEffects } from "../../plan/effects.ts";
import { askGates } from "../ask-gates.ts";
import type { GateFact } from "../audit/entry.ts";
import { numberOf, readHistory } from "../history.ts";
import { modelOf } from "../project.ts";
import { editStackFile, withCopy } from "../stack-file.ts";
import { holdingStage } from "../stage-lock.ts";
import type { Promotion } from "./plan-promotion.ts";
import { promoteMessage } from "./resume.ts";
import type { RunContext } from "./run-context.ts";
import { withExposure } from "./step-config.ts";

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
 * Previews and applies one step, and then writes it into the stage's file. Goals that the file has for other
 * flags stay in it, and are not applied.
 * @returns the number of the update
 * @throws OperationError when the engine fails; the file is as before then
 */
export async function applyStep(context: RunContext, promotion: Promotion, exposure: number, origin: number): Promise<number> {
  const { root, stage, flag, engine, onEvent } = context;
  const { project, config, stackFile, model } = promotion;
  const step = withExposure(config, project.name, flag, exposure);
  const message = promoteMessage(flag, exposure, origin);
  return holdingStage(root, stage, async () => {
    const seconds = await withCopy(project, stackFile, step, async (copy) => {
      onEvent({ kind: "previewed", changes: await engine.preview(copy), effects: describeEffects(model, modelOf(project, stage, step)) });
      return engine.up(message, copy);
    });
    const update = numberOf(await readHistory(project, stage), message);
    await writeStep(promotion, exposure);
    onEvent({ kind: "updated", update, seconds });
    return update;
  });
}

/** Writes the exposure that runs into the stage's file. A death before that leaves a lower one there, which is the safe side. */
export function writeStep({ project, stage, flag }: Promotion, exposure: number): Promise<void> {
  return editStackFile(project, stage, (config) => withExposure(config, project.name, flag, exposure));
}
