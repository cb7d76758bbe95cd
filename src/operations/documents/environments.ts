import type { Model } from "../../config/parse.ts";
import type { FlagDefinition } from "../../model/catalog.ts";
import { formatDuration } from "../../model/moment.ts";
import { OFF, type Setting } from "../../model/settings.ts";
import { edgesOf } from "../../model/target.ts";
import { planRollout } from "../../plan/plan.ts";
import type { StageRecord } from "../../plan/stage-record.ts";
import { judge, type Reached, recordOf, type Verdict, verdictOf, withFlag } from "./combinations.ts";
import type { Committed } from "./committed.ts";
import { codeInCell, escapeMarkdown, table } from "./markdown.ts";

const DAY = 86_400_000;
/** How long before a flag expires its combinations are worked out. */
const LEAD = 90 * DAY;

/** The combinations of stages and flag states: what the files say, the way through the stages, and what each gate says of each. */
export function environmentsText(committed: Committed): string {
  const flags = Object.entries(committed.first.catalog.flags);
  return [stagesText(committed), ...flags.map(([flag, definition]) => flagText(committed, flag, definition))].join("\n\n");
}

function stagesText({ models, first }: Committed): string {
  const flags = Object.keys(first.catalog.flags);
  const rows = [...models].map(([stage, { settings }]) => [
    codeInCell(stage),
    settings.target.kind,
    edgesOf(settings.target)
      .map(({ url }) => (url === null ? "not said" : codeInCell(url)))
      .join(", "),
    flags.map((flag) => `${codeInCell(flag)}: ${exposureText(settings.flags[flag]?.exposure ?? 0)}`).join("<br>"),
    settings.hasTesterSecret ? "yes" : "no",
    Object.entries(settings.differs)
      .map(([path, why]) => `${codeInCell(path)}: ${escapeMarkdown(why)}`)
      .join("<br>") || "in nothing",
  ]);
  return ["### What the files say", table(["stage", "target", "visitors come in at", "flags", "tester secret", "differs on purpose"], rows)].join("\n\n");
}

function flagText(committed: Committed, flag: string, definition: FlagDefinition): string {
  const now = new Date(Date.parse(definition.expires) - LEAD);
  return [
    `### \`${flag}\`: the way`,
    "Each row starts where the one before has ended, and asks the gates for the next state. Nothing else is changed.",
    wayTable(committed, flag, now),
    `### \`${flag}\`: which raise is let in`,
    "Asked for each step of the catalogue; steps with the same answer stand together.",
    raisesTable(committed, flag, now),
    `### \`${flag}\`: testers, kill, and what the next stage sees of it`,
    "The same in every stage.",
    statesTable(committed, flag, now),
  ].join("\n\n");
}

interface Move {
  readonly stage: string;
  readonly to: number;
}

/** The first stages in one step each, the last by every step; the soak of a stage passes before the next. */
function wayTable({ models, first }: Committed, flag: string, start: Date): string {
  const stages = [...models.keys()];
  const last = stages.at(-1) ?? "";
  const moves: Move[] = [...stages.slice(0, -1).map((stage) => ({ stage, to: 100 })), ...first.catalog.steps.map((to) => ({ stage: last, to }))];
  const records = new Map([...models].map(([stage, model]) => [stage, recordOf(model, flag, { setting: OFF, killed: false, since: start })]));
  const rows = [["every stage deployed", ...stages.map(() => "off"), "", ""]];
  let now = start;
  for (const { stage, to } of moves) {
    const model = models.get(stage);
    if (model === undefined) continue;
    const previous = stages[stages.indexOf(stage) - 1];
    const soak = previous === undefined || (records.get(stage)?.exposures[flag] ?? 0) > 0 ? 0 : (first.catalog.flags[flag]?.soak[previous] ?? 0);
    now = new Date(now.getTime() + soak);
    const verdict = verdictOf(model, flag, to, records.get(stage) ?? null, previous === undefined ? null : (records.get(previous) ?? null), now);
    if (verdict.allowed) records.set(stage, recordOf(model, flag, { setting: { ...OFF, exposure: to }, killed: false, since: now }));
    const states = stages.map((one) => exposureText(records.get(one)?.exposures[flag] ?? 0));
    const wait = soak === 0 ? "" : `${formatDuration(soak)} after ${previous ?? ""} was fully on`;
    rows.push([`${codeInCell(stage)} to ${exposureText(to)}`, ...states, wait, verdictText(verdict)]);
  }
  return table(["change", ...stages.map(codeInCell), "wait before", "gates"], rows);
}

function raisesTable({ models, first }: Committed, flag: string, now: Date): string {
  const stages = [...models.keys()];
  const rows = stages.flatMap((stage, index): string[][] => {
    const model = models.get(stage);
    const previous = stages[index - 1];
    const before = previous === undefined ? undefined : models.get(previous);
    if (model === undefined) return [];
    const ask = (record: StageRecord | null, at: Date): string => byStep(first.catalog.steps, (step) => verdictOf(model, flag, step, null, record, at));
    const expired = new Date(Date.parse(first.catalog.flags[flag]?.expires ?? "") + DAY);
    if (previous === undefined || before === undefined) {
      return [
        [codeInCell(stage), "there is none", ask(null, now)],
        [codeInCell(stage), "there is none; the flag has expired", ask(null, expired)],
      ];
    }
    const soak = first.catalog.flags[flag]?.soak[previous] ?? 0;
    const reached = (exposure: number, since: Date, killed = false): StageRecord => recordOf(before, flag, { setting: { ...OFF, exposure }, killed, since });
    const partial = first.catalog.steps.findLast((step) => step < 100) ?? 0;
    const soaked = new Date(now.getTime() - soak);
    return [
      [codeInCell(stage), `${codeInCell(previous)} was never deployed`, ask(null, now)],
      [codeInCell(stage), `${codeInCell(previous)} off`, ask(reached(0, soaked), now)],
      [codeInCell(stage), `${codeInCell(previous)} at ${partial}%`, ask(reached(partial, soaked), now)],
      [codeInCell(stage), `${codeInCell(previous)} on, but killed`, ask(reached(100, soaked, true), now)],
      ...(soak === 0
        ? []
        : [[codeInCell(stage), `${codeInCell(previous)} on for half of its soak`, ask(reached(100, new Date(now.getTime() - soak / 2)), now)]]),
      [codeInCell(stage), `${codeInCell(previous)} on${soak === 0 ? "" : ", soak over"}`, ask(reached(100, soaked), now)],
      [codeInCell(stage), `${codeInCell(previous)} off, with an override`, overridden(model, flag, reached(0, soaked), now)],
    ];
  });
  return table(["raise in", "the stage before", "gates"], rows);
}

function byStep(steps: readonly number[], ask: (step: number) => Verdict): string {
  const groups = Map.groupBy(steps, (step) => verdictText(ask(step)));
  return [...groups].map(([text, own]) => (own.length === steps.length ? text : `${own.map((step) => `${step}%`).join(", ")}: ${text}`)).join("<br>");
}

function overridden({ catalog, settings }: Model, flag: string, previous: StageRecord, now: Date): string {
  const asked = { ...withFlag(settings, flag, { setting: { ...OFF, exposure: 100 }, killed: false }), overrides: { [flag]: "a written reason" } };
  const facts = { now, current: null, previous, freeze: null, drills: {}, rehearsed: {}, actor: "" };
  return judge(catalog, asked, facts).allowed ? "allowed, and the reason stands in the outputs" : "refused";
}

interface State {
  readonly setting: Setting;
  readonly killed: Reached["killed"];
  readonly written: string;
}

function statesTable({ first }: Committed, flag: string, now: Date): string {
  const routes = Object.keys(first.catalog.flags[flag]?.routes ?? {});
  const partial = first.catalog.steps.findLast((step) => step < 100) ?? 0;
  const on = { ...OFF, exposure: 100 };
  const states: State[] = [
    { written: "`false`", setting: OFF, killed: false },
    { written: "`{testers: true}`", setting: { ...OFF, testers: true }, killed: false },
    { written: `\`${partial}\``, setting: { ...OFF, exposure: partial }, killed: false },
    { written: `\`{exposure: ${partial}, testers: true}\``, setting: { ...OFF, exposure: partial, testers: true }, killed: false },
    { written: "`true`", setting: on, killed: false },
    { written: "`{exposure: 100, settled: true}`", setting: { ...on, settled: true }, killed: false },
    { written: `\`true\`, and \`kill\` of the flag`, setting: on, killed: true },
    { written: `\`{exposure: ${partial}, testers: true}\`, and \`kill\` of the flag`, setting: { ...OFF, exposure: partial, testers: true }, killed: true },
    ...routes.map((route): State => ({ written: `\`true\`, and \`kill\` of the route \`${route}\``, setting: on, killed: [route] })),
  ];
  return table(["setting", "visitors with the flag", "testers", "its routes", "runs beside", "for the order of the next stage"], states.map(row));

  function row({ setting, killed, written }: State): string[] {
    const plan = planRollout(first.catalog, withFlag(first.settings, flag, { setting, killed }));
    const own = plan.flags[flag];
    const exposure = own?.exposure ?? 0;
    const gated = Object.values(plan.services).flatMap((service) => service.routes.filter(({ gatedBy }) => gatedBy === flag));
    const warm = Object.values(plan.services).some(({ variants }) => variants.some(({ role }) => role === "warm"));
    const shown = gated.some(({ testersOnly }) => testersOnly) ? "for testers" : gated.length === 0 ? "none" : "there";
    const reached = recordOf(first, flag, { setting, killed, since: now }).exposures[flag] ?? 0;
    return [
      written,
      `${exposure}%`,
      own?.testers === true || exposure === 100 ? "have it" : exposure === 0 ? "do not have it" : "as everyone",
      shown,
      warm ? "the variant without it, warm" : exposure > 0 && exposure < 100 ? "the variant without it, in use" : "nothing",
      reached === 100 ? "fully on" : "not fully on",
    ];
  }
}

function verdictText({ allowed, refused }: Verdict): string {
  if (allowed) return "allowed";
  return `refused by ${refused.map(({ gate, because }) => `**${gate}**: ${escapeMarkdown(withoutMoments(because))}`).join("; ")}`;
}

/** Moments of a made-up clock would say nothing to a reader. */
function withoutMoments(text: string): string {
  return text.replaceAll(/ since \d{4}-[\d-]+ [\d:]+Z/g, "").replaceAll(/ at \d{4}-[\d-]+ [\d:]+Z/g, " later");
}

function exposureText(exposure: number): string {
  return exposure === 0 ? "off" : exposure === 100 ? "on" : `${exposure}%`;
}
