import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";

let test: TestProject;
let serving: Serving | null = null;
beforeAll(async () => {
  test = await makeProject();
  await test.pulumi(["stack", "init", "dev"]);
});
afterAll(async () => {
  await serving?.stop();
  await test.remove();
});

async function toggle(setting: string): Promise<void> {
  await test.pulumi(["config", "set", "--path", "flags.AGENT_ENABLED", setting]);
  const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview"]);
  expect(code, output).toBe(0);
}

const isOn = async (): Promise<boolean> => (await ask(test.urlOf("dev"), { path: "/voice" })).body.includes('"AGENT_ENABLED":"true"');

describe("Feature Flag Rollout", () => {
  it("can enable/disable feature via flag", async () => {
    await toggle("false");
    serving = await serveStages(test.root, ["dev"]);
    expect(await isOn()).toBe(false);
    await toggle("true");
    expect(await isOn()).toBe(true);
    await toggle("false");
    expect(await isOn()).toBe(false);
  });

  it("shows in a preview what it would change, and changes nothing", async () => {
    await test.pulumi(["config", "set", "--path", "flags.AGENT_ENABLED", "25"]);
    const { code, output } = await test.pulumi(["preview", "--diff"]);
    expect(code).toBe(0);
    expect(output).toContain("25% with AGENT_ENABLED, 75% without flags");
    expect(output).toMatch(/\+ voice-api--agent-enabled-[0-9a-f]{8}: ".*AGENT_ENABLED=true/s);
    expect(await isOn()).toBe(false);
  });

  it("is live when up returns", async () => {
    await toggle("25");
    const answer = await ask(test.urlOf("dev"), { path: "/voice", headers: { cookie: "sluice-3=x" } });
    expect(answer.body).toContain('"AGENT_ENABLED":"true"');
  });

  it("has nothing to do the second time", async () => {
    await toggle("25");
    const { code, output } = await test.pulumi(["preview", "--expect-no-changes"]);
    expect(code, output).toBe(0);
  });
});
