import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { alertProse } from "../../../src/monitoring/alert-text.ts";
import { ALERTS } from "../../../src/monitoring/alerts.ts";
import { readCommitted } from "../../../src/operations/documents/committed.ts";
import { criteriaOf } from "../../../src/operations/documents/criteria.ts";
import { planFlag } from "../../../src/operations/flag-plan/flag-plan.ts";
import { renderFlagPlan } from "../../../src/operations/flag-plan/render-flag-plan.ts";
import { commandFault, sluiceCalls } from "../../support/docs/command-fault.ts";
import { pages, readPage } from "../../support/docs/page.ts";
import { HOME } from "../../support/project.ts";

const { models, first } = readCommitted((path) => readFileSync(join(HOME, path), "utf8"));

async function faultsIn(code: string): Promise<string[]> {
  const calls = sluiceCalls(code);
  expect(calls.length).toBeGreaterThan(0);
  return (await Promise.all(calls.map(commandFault))).filter((fault) => fault !== null);
}

describe("a command in a text", () => {
  it.each([
    ["npx sluice status --flag A", []],
    ['npx sluice kill A --stage dev --reason "errors | since; 02:10"   # at once', []],
    ["npx sluice history --stage dev | head -n 3", []],
    ["npx sluice --help", []],
    ["npx sluice history --limit 2", ["npx sluice history --limit 2: error: required option '-s, --stage <stage>' not specified"]],
    ["npx sluice statsu", [expect.stringContaining("unknown command 'statsu'")]],
    ["npx sluice status --jsn", [expect.stringContaining("unknown option '--jsn'")]],
    ["npx sluice kill A --stage dev && npx sluice status --flga A", [expect.anything(), expect.stringContaining("--flga")]],
  ])("is held against the program: %s", async (code, faults) => {
    expect(await faultsIn(code)).toEqual(faults);
  });
});

it.each(ALERTS.map((alert) => [alert.name, alert] as const))("the program takes the commands of the alert %s", async (_name, { command, steps }) => {
  const inline = [`\`${command}\``, ...steps].flatMap((text) => [...alertProse(text).matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? ""));
  expect(inline.filter((code) => code.startsWith("npx sluice")).length).toBeGreaterThan(0);
  expect(await faultsIn(inline.join("\n"))).toEqual([]);
});

it.each([...models].flatMap(([stage, model]) => Object.keys(model.catalog.flags).map((flag) => [flag, stage, model] as const)))(
  "the program takes the commands of the success criteria and the plan of %s in %s",
  async (flag, stage, model) => {
    const commands = criteriaOf(model, flag, 1).flatMap(({ ask }) => (ask.kind === "command" ? [ask.text] : []));
    const definition = first.catalog.flags[flag];
    if (definition === undefined) throw new Error(`the catalogue has no ${flag}`);
    const known = [{ stage, model, deployed: null, status: null, fault: null }];
    const plan = renderFlagPlan(planFlag(first.catalog, flag, definition, known, new Date("2027-01-31T02:00:00Z")));
    const block = /```sh\n([\s\S]+?)```/.exec(plan)?.[1] ?? "";
    expect(await faultsIn(commands.join("\n"))).toEqual([]);
    expect(await faultsIn(block)).toEqual([]);
  },
);

/** What stands as code on a page, in blocks and within lines. */
function codeOf(page: string): string {
  const text = readPage(page);
  const blocks = [...text.matchAll(/^ *```\w*\n([\s\S]*?)^ *```$/gm)].map(([, code]) => code ?? "");
  const inline = [...text.replaceAll(/^ *```\w*\n[\s\S]*?^ *```$/gm, "").matchAll(/(`+)([^`]+?)\1/g)].map(([, , code]) => code ?? "");
  return [...blocks, ...inline].join("\n");
}

it.each(pages().filter((page) => sluiceCalls(codeOf(page)).length > 0))("the program takes every npx sluice of %s", async (page) => {
  expect(await faultsIn(codeOf(page))).toEqual([]);
});
