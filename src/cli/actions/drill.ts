import { drill } from "../../operations/drill/drill.ts";
import type { DrillEvent } from "../../operations/drill/events.ts";
import { type DrillPlan, planDrill } from "../../operations/drill/plan-drill.ts";
import type { DrillReport, Passage } from "../../operations/drill/report.ts";
import { confirmPlan } from "../confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";
import { paint } from "../style.ts";

export interface DrillOptions {
  readonly stage: string;
  /** Requests a second; 200 when left out. */
  readonly rate?: number;
  readonly yes?: true;
  readonly json?: true;
}

const RATE = 200;

/** Shows what a drill does, asks, does it, and shows what was measured. @returns 0 only when it passed */
export async function drillCommand(root: string, { stage, rate = RATE, yes, json }: DrillOptions): Promise<number> {
  const now = (): Date => new Date();
  const plan = await planDrill(root, stage, now());
  await confirmPlan(renderPlan(plan, rate), `sluice drill --stage ${stage}`, yes === true);
  const { signal, end } = untilSignal();
  try {
    const { report, warnings } = await drill(plan, { rate, signal, now }, (event) => process.stderr.write(`${renderEvent(event)}\n`));
    for (const warning of warnings) process.stderr.write(`${paint("warning", "warning", process.stderr)}: ${warning}\n`);
    if (json === true) printJson(report);
    else process.stdout.write(`${renderReport(report)}\n`);
    return report.passed ? EXIT.ok : EXIT.unproven;
  } finally {
    end();
  }
}

/** A signal that a Ctrl-C or a SIGTERM gives, said at once. */
function untilSignal(): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (!controller.signal.aborted) process.stderr.write("interrupted: the update that has begun is finished, and no other begun\n");
    controller.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  return { signal: controller.signal, end: () => void process.off("SIGINT", interrupt).off("SIGTERM", interrupt) };
}

/** What a person says yes to. */
export function renderPlan({ stage, from, to, effects, load }: Pick<DrillPlan, "stage" | "from" | "to" | "effects" | "load">, rate: number): string[] {
  return [
    `${stage}: back from update ${from.number} to update ${to.number} for some seconds, and forward again, under ${rate} requests a second`,
    ...effects.map((effect) => `  ${effect}`),
    ...load.notAsked.map(({ route, why }) => `  not asked: ${route}: ${why}`),
  ];
}

function renderEvent(event: DrillEvent): string {
  switch (event.kind) {
    case "load-started":
      return `asking as ${event.visitors} kinds of visitors, ${event.rate} requests a second`;
    case "going":
      return `going ${event.way} to update ${event.to}`;
    case "arrived":
      return renderPassage(event.passage);
    case "stayed":
      return `${paint("bad", "NOT going forward", process.stderr)}: ${event.why}`;
    case "written":
      return `report: ${event.path}`;
    default:
      return event satisfies never;
  }
}

/** One way in a line. */
function renderPassage({ way, to, update, failure, seconds, requests, lost, state, routes }: Passage): string {
  if (failure !== null) return `${way}: failed after ${seconds.returned.toFixed(1)} s: ${failure}`;
  const last = seconds.lastOld === null ? "none" : `after ${seconds.lastOld.toFixed(2)} s`;
  const compared = state === null ? "state not compared" : `${state.resources - state.mismatches.length} of ${state.resources} resources equal`;
  const asked = routes === null ? "routes not asked" : `${routes.asked - routes.wrong.length} of ${routes.asked} route answers as then`;
  return [
    `${way}: update ${update ?? "unknown"} restored update ${to}`,
    `last ${way === "back" ? "exposed answer" : "answer of the earlier state"} ${last}`,
    `proven after ${seconds.returned.toFixed(2)} s`,
    `${lost} of ${requests} requests lost`,
    compared,
    asked,
  ].join("; ");
}

/** How a drill ended, and what to do where it did not pass. */
export function renderReport(report: DrillReport): string {
  const { stage, passed, why, updates, runs, back, forward } = report;
  const { from, to } = updates;
  if (passed) {
    const lost = back.lost + (forward?.lost ?? 0);
    const requests = back.requests + (forward?.requests ?? 0);
    return `${paint("good", "passed")}: ${stage} went back from update ${from} to update ${to} and forward again; last exposed answer after ${(back.seconds.lastOld ?? 0).toFixed(2)} s, ${lost} of ${requests} requests lost`;
  }
  const lines = [`${paint("bad", "NOT passed")}: ${stage}, update ${from} back to update ${to}`, ...why.map((text) => `  ${text}`)];
  if (runs === from) return [...lines, `${stage} runs update ${from} as before.`].join("\n");
  const ways = `To what ran before the drill: npx sluice rollback --stage ${stage} --to ${from}\nTo the earlier state: npx sluice rollback --stage ${stage} --to ${to}`;
  if (runs === null) return [...lines, `${stage} runs the state of neither. See: npx sluice history --stage ${stage}`, ways].join("\n");
  return [...lines, `${stage} runs the earlier state, that of update ${runs}.`, ways.split("\n")[0]].join("\n");
}
