import { FACTS, type FactName } from "./facts.ts";
import { formatPromDuration, plain, quote } from "./promql.ts";
import { RECORDED, type Side } from "./recording-rules.ts";
import type { BurnWindow, Timing } from "./timing.ts";

/** What the expressions of alerts follow from. */
export interface AlertContext {
  readonly stage: string;
  readonly objective: number;
  readonly minimumRequests: number;
  /** Label matchers for the stage's Traefik. */
  readonly selector: string;
  readonly timing: Timing;
}

/** A side must be this much worse than the other, times and plus, before it is called worse: in share of requests, and in seconds. */
export const WORSE = { times: 2, errors: 0.01, timesSlower: 1.5, seconds: 0.1 } as const;
/** How far the split may be off the plan, as a share of requests, beside four standard errors of a binomial share. */
export const SPLIT_TOLERANCE = 0.05;
const STANDARD_ERRORS = 4;

/** A fact of a stage, or of one flag in it, as one series however many exporters tell it. */
export function factOf(name: FactName, { stage, flag }: { readonly stage: string; readonly flag?: string }): string {
  const about = flag === undefined ? "" : `, flag=${quote(flag)}`;
  return `max by (${FACTS[name].labels.join(", ")}) (${FACTS[name].name}{stage=${quote(stage)}${about}})`;
}

/** An error budget that burns too fast over both windows of a pair. */
export function burnExpression(context: AlertContext, severity: BurnWindow["severity"]): string {
  const budget = plain(1 - context.objective);
  const pairs = context.timing.burn.filter((pair) => pair.severity === severity);
  return pairs
    .map(({ long, short, factor }) => {
      const over = (window: number): string => `${errors(context, window, "with")} > ${plain(factor)} * ${budget}`;
      return `(\n  ${over(long)}\n  and ${over(short)}\n  and ${enough(context, long, "with")}\n)`;
    })
    .join(" or ");
}

/** More errors with the flag than without. */
export function failsMoreExpression(context: AlertContext): string {
  const { comparison } = context.timing;
  const allowed = `(${WORSE.times} * ${errors(context, comparison, "without")} + ${WORSE.errors})`;
  return `${errors(context, comparison, "with")} > ignoring (side) ${allowed}${bothEnough(context)}`;
}

/** Slower with the flag than without, at the 99th percentile. */
export function slowerExpression(context: AlertContext): string {
  const p99 = (side: Side): string => recorded(RECORDED.duration("p99", formatPromDuration(context.timing.comparison)), context, side);
  return `${p99("with")} > ignoring (side) (${WORSE.timesSlower} * ${p99("without")} + ${WORSE.seconds})${bothEnough(context)}`;
}

/** Over a limit that the flag's own watch has. */
export function limitExpression(context: AlertContext): string {
  const { comparison } = context.timing;
  return `${RECORDED.limit(formatPromDuration(comparison))}{stage=${quote(context.stage)}} > 1\nand on (stage, service, flag) ${enough(context, comparison, "with")}`;
}

/**
 * A share of requests with the flag that is not its exposure. Not told while a kill stands, nor before the exposure has
 * been the same for a whole window.
 */
export function splitExpression(context: AlertContext): string {
  const window = formatPromDuration(context.timing.split);
  const share = `${RECORDED.share(window)}{stage=${quote(context.stage)}}`;
  const exposure = factOf("exposure", context);
  const count = `(sum by (stage, service, flag, owner) (${RECORDED.requests(window)}{stage=${quote(context.stage)}}) * ${context.timing.split / 1000})`;
  const variance = `(${exposure} * (1 - ${exposure})) / on (stage, flag) group_right () ${count}`;
  return [
    `abs(${share} - on (stage, flag) group_left () ${exposure})\n  > ${SPLIT_TOLERANCE} + ${STANDARD_ERRORS} * sqrt(${variance})`,
    `and ${count} >= ${context.minimumRequests}`,
    `and on (stage, flag) time() - ${factOf("since", context)} > ${context.timing.split / 1000}`,
    `unless on (stage, flag) ${factOf("killed", context)} == 1`,
  ].join("\n");
}

/** A fact of a flag, with its owner. @param value an expression with the labels stage and flag */
export function ofOwner(value: string, context: AlertContext): string {
  return `${value} * on (stage, flag) group_left (owner) ${factOf("info", context)}`;
}

function errors(context: AlertContext, window: number, side: Side): string {
  return recorded(RECORDED.errors(formatPromDuration(window)), context, side);
}

function enough(context: AlertContext, window: number, side: Side): string {
  return `${recorded(RECORDED.requests(formatPromDuration(window)), context, side)} * ${window / 1000} >= ${context.minimumRequests}`;
}

function bothEnough(context: AlertContext): string {
  const { comparison } = context.timing;
  return (["with", "without"] as const).map((side) => `\nand ignoring (side) ${enough(context, comparison, side)}`).join("");
}

function recorded(name: string, { stage }: AlertContext, side: Side): string {
  return `${name}{stage=${quote(stage)}, side="${side}"}`;
}
