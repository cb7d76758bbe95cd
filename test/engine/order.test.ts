import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeProject, type TestProject } from "../support/project.ts";

let test: TestProject;
beforeAll(async () => {
  test = await makeProject();
  for (const stage of ["dev", "staging", "production"]) await test.pulumi(["stack", "init", stage]);
});
afterAll(() => test.remove());

async function up(stage: string, setting: string): Promise<{ code: number; output: string }> {
  await test.pulumi(["config", "set", "--stack", stage, "--path", "flags.AGENT_ENABLED", setting]);
  return test.pulumi(["up", "--yes", "--skip-preview", "--stack", stage]);
}

describe("plain pulumi up", () => {
  it("cannot skip a stage that was never deployed", async () => {
    const { code, output } = await up("staging", "1");
    expect(code).not.toBe(0);
    expect(output).toContain("would go to 1 per cent in staging, but the stage dev has not been deployed");
    expect(output).toContain("first: pulumi config set --stack dev --path 'flags.AGENT_ENABLED' true && pulumi up --stack dev");
  });

  it("cannot skip a stage that has the flag in part", async () => {
    expect((await up("dev", "50")).code).toBe(0);
    expect((await up("staging", "1")).output).toContain("but dev has it at 50 per cent");
  });

  it("may follow a stage that has it fully, and lower again whatever that stage does", async () => {
    expect((await up("dev", "true")).code).toBe(0);
    expect((await up("staging", "25")).code).toBe(0);
    expect((await up("dev", "false")).code).toBe(0);
    expect((await up("staging", "5")).code).toBe(0);
    expect((await up("staging", "25")).code).not.toBe(0);
    expect((await up("staging", "false")).code).toBe(0);
  });

  it("follows a written reason, and shows it in the outputs", async () => {
    await test.pulumi(["config", "set", "--stack", "production", "--path", "overrides.AGENT_ENABLED", "pilot customer waits"]);
    const { code, output } = await up("production", "1");
    expect(code).toBe(0);
    expect(output).toContain("overridden: pilot customer waits");
    const outputs = await test.pulumi(["stack", "output", "--stack", "production", "--json"]);
    expect(JSON.parse(outputs.output)).toMatchObject({ overrides: { AGENT_ENABLED: "pilot customer waits" }, exposures: { AGENT_ENABLED: 1 } });
  });
});
