import { formatDuration } from "../../model/moment.ts";
import type { PromoteEnd, PromoteEvent } from "../../operations/promote/events.ts";
import type { Promotion } from "../../operations/promote/plan-promotion.ts";
import { promote as run } from "../../operations/promote/promote.ts";
import { confirmPlan } from "../confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { promoteView } from "../promote-view.ts";
import { paint } from "../style.ts";
import { warn } from "../warn.ts";

export interface PromoteCommandOptions {
  readonly stage: string;
  readonly to?: number;
  readonly steps?: readonly number[];
  readonly reason?: string;
  readonly yes?: true;
  readonly json?: true;
}

/** Promotes a flag and shows it. @returns 0 done, 7 rolled back, 8 killed, 9 held, 10 interrupted */
export async function promote(root: string, flag: string, options: PromoteCommandOptions): Promise<number> {
  const { stage, to, steps, reason, yes, json } = options;
  const view = promoteView();
  const onEvent = (event: PromoteEvent): void => {
    if (json === true) process.stdout.write(`${JSON.stringify(event)}\n`);
    else view.show(event);
  };
  const stop = new AbortController();
  const ask = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write("\nstopping after what is under way; the exposure stays. Once more ends it at once.\n");
    stop.abort();
  };
  process.on("SIGINT", ask).on("SIGTERM", ask);
  const { end, warnings } = await run(
    root,
    {
      stage,
      flag,
      aim: { to: to ?? null, steps: steps ?? null },
      reason: reason ?? null,
      signal: stop.signal,
      confirm: (promotion) =>
        confirmPlan(renderPlan(promotion), `sluice promote ${flag} --stage ${stage}${to === undefined ? "" : ` --to ${to}`}`, yes === true),
    },
    onEvent,
  );
  view.end();
  if (json === true) process.stdout.write(`${JSON.stringify({ kind: "end", ...end })}\n`);
  else process.stdout.write(`${renderEnd(flag, options, end)}\n`);
  warn(warnings);
  return codeOf(end);
}

function renderPlan({ stage, flag, model, present, steps, openStep, origin }: Promotion): string[] {
  const watch = model.catalog.flags[flag]?.watch;
  const way = [present, ...steps].map((exposure) => `${exposure}%`).join(" -> ");
  const lines = [`${stage}: promote ${flag}: ${way}`];
  if (openStep !== null) lines.push(`  goes on at ${present}%, which an earlier start has not watched to its end`);
  if (watch !== undefined) {
    lines.push(
      `  each step is watched for ${formatDuration(watch.duration[stage] ?? 0)}, every ${formatDuration(watch.interval)}, by ${Object.keys(watch.metrics).join(", ")}`,
    );
  }
  return [...lines, `  on a breach it goes back to ${origin.exposure}%, as update ${origin.update} had it`];
}

function renderEnd(flag: string, { stage }: PromoteCommandOptions, end: PromoteEnd): string {
  switch (end.result) {
    case "done":
      return `${paint("good", "done")}: ${flag} is at ${end.exposure}% in ${stage}; commit Pulumi.${stage}.yaml`;
    case "held":
      return `${paint("warning", "held")}: ${flag} stays at ${end.exposure}% in ${stage}:\n${list(end.why)}\nthe same command goes on from there`;
    case "interrupted":
      return `${paint("warning", "interrupted")}: ${flag} is at ${end.exposure}% in ${stage}:\n${list(end.why)}\nthe same command goes on from there`;
    case "rolled-back":
      return `${paint("bad", "rolled back")}: ${flag} is at ${end.exposure}% in ${stage} again:\n${list(end.why)}`;
    case "killed":
      return `${paint("bad", "killed")}: the rollback failed, so ${flag} was killed in ${stage}:\n${list(end.why)}\nwhen it is mended: npx sluice revive ${flag} --stage ${stage} --reason ...`;
    default:
      return end satisfies never;
  }
}

function list(why: readonly string[]): string {
  return why.map((line) => `  ${line.replaceAll("\n", "\n  ")}`).join("\n");
}

function codeOf(end: PromoteEnd): number {
  switch (end.result) {
    case "done":
      return EXIT.ok;
    case "held":
      return EXIT.held;
    case "interrupted":
      return EXIT.interrupted;
    case "rolled-back":
      return EXIT.rolledBack;
    case "killed":
      return EXIT.killed;
    default:
      return end satisfies never;
  }
}
