import { edgesOf } from "../../model/target.ts";
import { traefikInPrometheus } from "../../model/traefik-in-prometheus.ts";
import { systemClock } from "../../net/clock.ts";
import { joinedSource } from "../../traffic/metrics/joined-source.ts";
import type { MetricsSource } from "../../traffic/metrics/source.ts";
import { traefikSource } from "../../traffic/metrics/traefik-source.ts";
import type { EntryDraft } from "../audit/entry.ts";
import { openBooks } from "../bookkeeping.ts";
import { engineOf } from "../engine.ts";
import { OperationError } from "../errors.ts";
import { readProject, requireStage } from "../project.ts";
import { recoverStack } from "../stack-lock.ts";
import { holdingPromotion } from "../stage-lock.ts";
import type { OnPromoteEvent, PromoteEnd } from "./events.ts";
import { type Promotion, planPromotion } from "./plan-promotion.ts";
import type { Aim } from "./plan-steps.ts";
import { runPromotion } from "./run-promotion.ts";

/** How long another update may go on before a promotion gives up, in milliseconds: that of its own earlier start above all. */
const LOCK_LIMIT = 120_000;

export interface PromoteOptions {
  readonly stage: string;
  readonly flag: string;
  readonly aim: Aim;
  readonly reason: string | null;
  /** Ends the promotion where it is; the exposure stays. */
  readonly signal: AbortSignal;
  /** Shows what will be done; a promotion goes on when it returns. */
  readonly confirm: (promotion: Promotion) => Promise<void>;
}

export interface Promoted {
  readonly end: PromoteEnd;
  /** What could not be written down or told. */
  readonly warnings: readonly string[];
}

/**
 * Promotes a flag step by step: gates, preview, update, verification on real traffic, and a watch before the
 * next step. On a breach the flag goes back to what it was before. A second start goes on where one ended.
 * @throws OperationError when it cannot begin; nothing was changed then
 */
export async function promote(root: string, options: PromoteOptions, onEvent: OnPromoteEvent): Promise<Promoted> {
  const { stage, flag, aim } = options;
  const project = await readProject(root);
  requireStage(project, stage);
  return holdingPromotion(root, stage, async () => {
    const engine = engineOf(project, stage);
    const recovered = await recoverStack(project, stage, engine, LOCK_LIMIT, (text) => onEvent({ kind: "recovered", done: [text] }));
    if (recovered.length > 0) onEvent({ kind: "recovered", done: recovered });
    const promotion = await planPromotion(root, stage, flag, aim);
    if (promotion.steps.length === 0 && promotion.openStep === null) return { end: { result: "done", exposure: promotion.present }, warnings: [] };
    await options.confirm(promotion);
    const books = await openBooks(project, stage, promotion.stackFile);
    const to = promotion.steps.at(-1) ?? promotion.present;
    books.tell({ kind: "started", stage, operation: "promote", subject: flag, by: books.actor, reason: options.reason, from: promotion.present, to });
    const context = { ...options, root, engine, books, onEvent, clock: systemClock, source: await sourceOf(promotion) };
    const spent = { active: 0, waiting: 0 };
    const record = (result: EntryDraft["result"], exposure: number, details: EntryDraft["details"]): Promise<void> =>
      books.record({
        operation: "promote",
        subject: flag,
        reason: options.reason,
        from: promotion.origin.exposure,
        to: exposure,
        gates: [],
        result,
        update: null,
        durations: spent,
        details,
      });
    try {
      const end = await runPromotion(context, promotion, ({ active, waiting }) => {
        spent.active += active;
        spent.waiting += waiting;
      });
      await record(end.result, end.exposure, "why" in end ? { why: end.why } : null);
      return { end, warnings: await books.close() };
    } catch (error) {
      const refused = error instanceof OperationError && error.failure === "refused";
      await record(refused ? "refused" : "failed", promotion.present, { why: [error instanceof Error ? error.message : String(error)] });
      await books.close();
      throw error;
    }
  });
}

/** Prometheus is loaded only where a stage has one. */
async function sourceOf({ model }: Promotion): Promise<MetricsSource> {
  const { prometheus, target } = model.settings;
  if (prometheus === null) return joinedSource(edgesOf(target).map(({ name, api }) => ({ name, source: traefikSource(api ?? "") })));
  const { prometheusSource } = await import("../../traffic/metrics/prometheus-source.ts");
  return prometheusSource(prometheus, traefikInPrometheus(model.settings));
}
