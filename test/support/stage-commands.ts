import { join } from "node:path";
import { expect } from "vitest";
import { ask } from "../../src/net/ask.ts";
import type { TestProject } from "./project.ts";

/** How a command ended, and all that it said. */
export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** The arguments of an update that asks nothing. */
export function upArguments(stage: string): readonly string[] {
  return ["up", "--yes", "--skip-preview", "--stack", stage];
}

/** Updates a stage; never throws. */
export function up(test: TestProject, stage = "dev"): Promise<Ended> {
  return test.pulumi(upArguments(stage));
}

/** Updates a stage, which has to succeed. */
export async function mustUp(test: TestProject, stage = "dev"): Promise<void> {
  const { code, output } = await up(test, stage);
  expect(code, output).toBe(0);
}

/** Takes a lock off that was left in dev, as docs/state.md has it, and updates again; never throws for the update. */
export async function upAfterCancel(test: TestProject): Promise<Ended> {
  const cancel = await test.pulumi(["cancel", "--yes", "--stack", "dev"]);
  expect(cancel.code, cancel.output).toBe(0);
  return up(test);
}

/** Whether a visitor of a bucket has AGENT_ENABLED. */
export async function isOn(test: TestProject, bucket: number, stage = "dev"): Promise<boolean> {
  const { body } = await ask(test.urlOf(stage), { path: "/voice", headers: { cookie: `sluice-${bucket}=x` } });
  return body.includes('"AGENT_ENABLED":"true"');
}

/** Where the engine keeps the state of a stage. */
export function statePath(root: string, stage: string): string {
  return join(root, ".state", ".pulumi", "stacks", "sluice", `${stage}.json`);
}

/** What people read has no stack trace. */
export function expectNoTrace(output: string, command?: string): void {
  expect(output, command).not.toMatch(/\n\s+at .*:\d+:\d+/);
}
