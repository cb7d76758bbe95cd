import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { z } from "zod";
import { makeProject, type TestProject, testCatalog, writeCatalog } from "../support/project.ts";

/** More than Linux hands over in one environment variable with it. */
const MANY = 2_000;
const LARGEST_VARIABLE = 128 * 1024;

let test: TestProject;
beforeAll(async () => {
  test = await makeProject();
  await writeCatalog(test.root, { file: "catalog.yaml" });
  await writeOwnFile("voice");
  const config = { "sluice:target": "local", "sluice:local": { file: "ports.yaml" } };
  await writeFile(join(test.root, "Pulumi.dev.yaml"), stringify({ config }));
  await writeFile(join(test.root, "ports.yaml"), stringify(ports()));
  await test.pulumi(["stack", "init", "dev"]);
});
afterAll(() => test.remove());

const more = Array.from({ length: MANY }, (_, index) => `service-${index}`);

/** Each of the many has one port, with nobody behind it. */
function ports(): Record<string, unknown> {
  const port = test.portOf("dev");
  const first = { "voice-api": port + 100, "billing-api": port + 20 };
  return { port, adminPort: port + 1, workloadPorts: { ...first, ...Object.fromEntries(more.map((name, index) => [name, 2_000 + index])) } };
}

async function writeOwnFile(owner: string, rule = "/service"): Promise<void> {
  const catalog = z.looseObject({ services: z.record(z.string(), z.unknown()), flags: z.record(z.string(), z.looseObject({})) }).parse(testCatalog());
  const services = Object.fromEntries(more.map((name, index) => [name, { rule: `PathPrefix(\`${rule}-${index}\`)`, delivery: "header" }]));
  const flags = Object.fromEntries(Object.entries(catalog.flags).map(([name, flag]) => [name, { ...flag, owner }]));
  await writeFile(join(test.root, "catalog.yaml"), stringify({ ...catalog, services: { ...catalog.services, ...services }, flags }));
}

const up = (): ReturnType<TestProject["pulumi"]> => test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
const set = (exposure: number): ReturnType<TestProject["pulumi"]> =>
  test.pulumi(["config", "set", "--stack", "dev", "--path", "flags.AGENT_ENABLED", String(exposure)]);

describe("a catalogue in a file of its own", () => {
  it("may be larger than what a process is handed in its environment", async () => {
    expect((await readFile(join(test.root, "catalog.yaml"), "utf8")).length).toBeGreaterThan(LARGEST_VARIABLE);
    const first = await up();
    expect(first.code, first.output).toBe(0);
    await set(25);
    const raised = await up();
    expect(raised.code, raised.output).toBe(0);
    expect(raised.output).toContain("25% with AGENT_ENABLED");
  });

  it("is what the operations read", async () => {
    expect((await test.sluice(["status", "--json"])).output).toContain('"exposure": 25');
    expect((await test.sluice(["history", "--stage", "dev"])).output).toContain("AGENT_ENABLED 0% -> 25%");
  });

  it("is no hindrance to a rollback while a stage runs by the same, whoever owns its flags", async () => {
    await writeOwnFile("billing");
    const { code, output } = await test.sluice(["rollback", "--stage", "dev"]);
    expect(code, output).toBe(0);
  });

  it("stops a rollback, by its name, where it said something else then", async () => {
    await writeOwnFile("voice", "/other");
    const { code, output } = await test.sluice(["rollback", "--stage", "dev", "--to", "2"]);
    expect(code).not.toBe(0);
    expect(output).toContain("the file that sluice:catalog names says something else than then");
  });

  it("is told with its path where it cannot be used, and nothing is changed", async () => {
    await writeCatalog(test.root, { file: "catalogue.yaml" });
    const answer = await up();
    expect(answer.code).not.toBe(0);
    for (const { output } of [answer, await test.sluice(["matrix"])]) {
      expect(output).toContain("catalog.file: catalogue.yaml cannot be used: ENOENT");
      expect(output).not.toMatch(/^\s+at /m);
    }
  });
});
