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
    expect(output).toContain("first: npx pulumi config set --stack dev --path 'flags.AGENT_ENABLED' true && npx pulumi up --stack dev");
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

  it("cannot be given other stages by the stack", async () => {
    await test.pulumi(["config", "set", "--stack", "production", "--path", "catalog.stages[0]", "production"]);
    const { code, output } = await up("production", "1");
    expect(code).not.toBe(0);
    expect(output).toContain("catalog: is unknown");
    await test.pulumi(["config", "rm", "--stack", "production", "catalog"]);
  });

  it("cannot be given a secret that would stand in the state in plain text, and shows it nowhere", async () => {
    const path = "docker.services.voice-api.env.TOKEN";
    await test.pulumi(["config", "set", "--stack", "production", "--secret", "--path", path, "correct-horse"]);
    const { code, output } = await test.pulumi(["preview", "--stack", "production"]);
    expect(code).not.toBe(0);
    expect(output).toContain(`${path}: is a secret, and would be deployed and stand in the state in plain text`);
    expect(output).not.toContain("correct-horse");
    await test.pulumi(["config", "rm", "--stack", "production", "docker"]);
  });

  it("lets a stage go on while a flag is killed, and after", async () => {
    expect((await up("dev", "true")).code).toBe(0);
    expect((await up("staging", "25")).code).toBe(0);
    expect((await up("dev", "false")).code).toBe(0);
    await test.pulumi(["config", "set", "--stack", "staging", "--path", "kill.AGENT_ENABLED", "true"]);
    for (let time = 0; time < 2; time += 1) expect((await up("staging", "25")).code).toBe(0);
    await test.pulumi(["config", "rm", "--stack", "staging", "--path", "kill.AGENT_ENABLED"]);
    expect((await up("staging", "25")).code).toBe(0);
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
