import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeProject, type TestProject, testCatalog, writeCatalog } from "../support/project.ts";

let test: TestProject;

beforeAll(async () => {
  test = await makeProject();
  for (const stage of ["dev", "staging"]) {
    await test.pulumi(["stack", "init", stage]);
    expect((await test.pulumi(["up", "--yes", "--skip-preview", "--stack", stage])).code).toBe(0);
  }
});
afterAll(() => test.remove());

/** The one document that a command gives. */
async function document(...args: string[]): Promise<{ readonly code: number; readonly value: unknown }> {
  const { code, output } = await test.sluice([...args, "--json"]);
  return { code, value: JSON.parse(output) };
}

describe("what reads a deployed stage", () => {
  it("tells what is left to promote, until it is deployed", async () => {
    await test.pulumi(["config", "set", "--stack", "dev", "--path", "flags.AGENT_ENABLED", "25"]);
    expect(await test.sluice(["pending", "--stage", "dev"])).toEqual({ code: 0, output: "AGENT_ENABLED 25" });
    expect((await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"])).code).toBe(0);
    expect(await test.sluice(["pending", "--stage", "dev"])).toEqual({ code: 0, output: "" });
  });

  it("gives one JSON document", async () => {
    expect(await document("status")).toMatchObject({
      code: 0,
      value: {
        stages: {
          dev: { deployed: true, flags: { AGENT_ENABLED: { exposure: 25 } } },
          staging: { deployed: true, flags: { AGENT_ENABLED: { exposure: 0 } } },
          production: { deployed: false, flags: { AGENT_ENABLED: { exposure: null } } },
        },
      },
    });
    expect(await document("history", "--stage", "dev", "--limit", "1")).toMatchObject({
      code: 0,
      value: { stage: "dev", updates: [{ number: 2, succeeded: true, effects: ["AGENT_ENABLED 0% -> 25%", "route voice-api.agent-enabled.agent appears"] }] },
    });
    expect(await document("rollback", "--stage", "dev", "--preview")).toMatchObject({
      code: 0,
      value: { stage: "dev", to: { number: 1 }, obstacles: [], applied: null },
    });
  });

  it("tells which parts of the catalogue one stage has older than another", async () => {
    await declarePorts("staging");
    expect(await document("parity", "dev", "staging")).toMatchObject({ code: 0 });
    await writeCatalog(test.root, { ...testCatalog(), steps: [25, 50, 100] });
    expect((await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "staging"])).code).toBe(0);
    const { code, value } = await document("parity", "dev", "staging");
    expect(code).toBe(3);
    expect(value).toMatchObject({
      differences: expect.arrayContaining([
        { path: "catalog.steps", left: "deployed otherwise than in Pulumi.yaml", right: "deployed as in Pulumi.yaml", reason: null },
      ]),
    });
  });

  it("names no flag that someone has, and says which stage it could not ask", async () => {
    const { code, value } = await document("expired", "--for", "0s", "--check");
    expect(code).toBe(0);
    expect(value).toMatchObject({ flags: [], notes: ["The stack production has no history yet. First: pulumi up --stack production"] });
  });
});

async function declarePorts(stage: string): Promise<void> {
  const path = join(test.root, `Pulumi.${stage}.yaml`);
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace("config:\n", "config:\n  sluice:differs:\n    local: both run on this machine\n"));
}
