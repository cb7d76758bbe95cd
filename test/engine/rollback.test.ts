import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { makeProject, type TestProject, testCatalog, writeCatalog } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";

const SECRET = "0123456789abcdef-tester";
let test: TestProject;
let serving: Serving;
let stackFile: string;

beforeAll(async () => {
  test = await makeProject();
  stackFile = join(test.root, "Pulumi.dev.yaml");
  await test.pulumi(["stack", "init", "dev"]);
  await set("flags.AGENT_ENABLED", "false");
  await up();
  serving = await serveStages(test.root, ["dev"]);
  await set("flags.AGENT_ENABLED", "25");
  await up();
  await set("flags.AGENT_ENABLED", "true");
  await up();
});
afterAll(async () => {
  await serving.stop();
  await test.remove();
});

async function set(path: string, value: string): Promise<void> {
  expect((await test.pulumi(["config", "set", "--stack", "dev", "--path", path, value])).code).toBe(0);
}
async function up(): Promise<void> {
  const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
  expect(code, output).toBe(0);
}
const isOn = async (bucket: number): Promise<boolean> =>
  (await ask(test.urlOf("dev"), { path: "/voice", headers: { cookie: `sluice-${bucket}=x` } })).body.includes('"AGENT_ENABLED":"true"');

describe("sluice rollback", () => {
  it("shows what it would do, and does nothing, with --preview", async () => {
    const before = await readFile(stackFile, "utf8");
    const { code, output } = await test.sluice(["rollback", "--stage", "dev", "--preview"]);
    expect(code, output).toBe(0);
    expect(output).toContain("AGENT_ENABLED 100% -> 25%");
    expect(await readFile(stackFile, "utf8")).toBe(before);
    expect(await isOn(5)).toBe(true);
  });

  it("restores the state before, and proves it by state and routes", async () => {
    const { code, output } = await test.sluice(["rollback", "--stage", "dev"]);
    expect(code, output).toBe(0);
    expect(output).toMatch(/proven: the inputs of all \d+ resources are those of that update/);
    expect(output).toMatch(/proven: Traefik has the routers of that update, and \d+ requests were answered as then/);
    expect([await isOn(3), await isOn(5)]).toEqual([true, false]);
  });

  it("goes further back the second time, never forth to what was undone", async () => {
    const { output } = await test.sluice(["rollback", "--stage", "dev"]);
    expect(output).toContain("AGENT_ENABLED 25% -> 0%");
    expect(await isOn(1)).toBe(false);
    expect((await test.sluice(["rollback", "--stage", "dev"])).code).toBe(5);
  });

  it("leaves nothing for the next up to do", async () => {
    expect((await test.pulumi(["preview", "--stack", "dev", "--expect-no-changes"])).code).toBe(0);
  });

  it("goes to an update by its number", async () => {
    const { code, output } = await test.sluice(["rollback", "--stage", "dev", "--to", "2"]);
    expect(code, output).toBe(0);
    expect(await isOn(3)).toBe(true);
  });

  it("lets one of two at the same time through, and leaves its settings", async () => {
    await set("flags.AGENT_ENABLED", "50");
    await up();
    const both = await Promise.all([test.sluice(["rollback", "--stage", "dev"]), test.sluice(["rollback", "--stage", "dev"])]);
    expect(both.map(({ code }) => code).sort(), both.map(({ output }) => output).join("\n")).toEqual([0, 4]);
    expect(await isOn(4)).toBe(false);
    expect((await test.pulumi(["preview", "--stack", "dev", "--expect-no-changes"])).code).toBe(0);
  });

  it("replaces settings that were never applied, and says so", async () => {
    await set("flags.AGENT_ENABLED", "1");
    const { code, output } = await test.sluice(["rollback", "--stage", "dev", "--to", "2"]);
    expect(code, output).toBe(0);
    expect(output).toContain("replaces settings in Pulumi.dev.yaml that are not what runs now");
    expect(await isOn(3)).toBe(true);
  });

  it("tells the history by what it did to flags", async () => {
    const { output } = await test.sluice(["history", "--stage", "dev"]);
    for (const words of ["AGENT_ENABLED 0% -> 25%", "AGENT_ENABLED 25% -> 100%", "rollback to update 2"]) expect(output).toContain(words);
  });

  it("brings a secret back without showing it", async () => {
    expect((await test.pulumi(["config", "set", "--stack", "dev", "--secret", "testerSecret", SECRET])).code).toBe(0);
    await test.pulumi(["config", "rm", "--stack", "dev", "--path", "flags.AGENT_ENABLED"]);
    await set("flags.AGENT_ENABLED.testers", "true");
    await up();
    const tester = { path: "/voice", headers: { "x-sluice-tester": SECRET } };
    expect((await ask(test.urlOf("dev"), tester)).body).toContain('"AGENT_ENABLED":"true"');
    await test.pulumi(["config", "rm", "--stack", "dev", "testerSecret"]);
    await test.pulumi(["config", "rm", "--stack", "dev", "--path", "flags.AGENT_ENABLED"]);
    await up();
    const { code, output } = await test.sluice(["rollback", "--stage", "dev"]);
    expect(code, output).toBe(0);
    expect(output).not.toContain(SECRET);
    expect((await ask(test.urlOf("dev"), tester)).body).toContain('"AGENT_ENABLED":"true"');
    expect((await test.pulumi(["stack", "export", "--stack", "dev"])).output).not.toContain(SECRET);
  });

  it("says before it touches anything that the catalogue has changed", async () => {
    const before = await readFile(stackFile, "utf8");
    const catalog = testCatalog();
    await writeCatalog(test.root, { ...catalog, steps: [10, 25, 100] });
    const { code, output } = await test.sluice(["rollback", "--stage", "dev", "--to", "1"]);
    expect(code).toBe(3);
    expect(output).toContain("the catalogue in Pulumi.yaml has changed since: steps.");
    expect(await readFile(stackFile, "utf8")).toBe(before);
    const settingsOnly = await test.sluice(["rollback", "--stage", "dev", "--to", "1", "--settings-only"]);
    expect(settingsOnly.code, settingsOnly.output).toBe(0);
    await writeCatalog(test.root, catalog);
    await up();
  });

  it("says before it touches anything that a secret is under another key", async () => {
    const before = await readFile(stackFile, "utf8");
    await writeFile(stackFile, before.replace(/encryptionsalt: \S+/, "encryptionsalt: v1:other=:v1:AAAA:BBBB"));
    const history = await test.sluice(["history", "--stage", "dev"]);
    const withSecret = /│ (\d+) +│[^│]+│ update +│ ok +│ AGENT_ENABLED on for testers/.exec(history.output)?.[1] ?? "none";
    const { code, output } = await test.sluice(["rollback", "--stage", "dev", "--to", withSecret]);
    expect(code, output).toBe(3);
    expect(output).toContain("the secret sluice:testerSecret was encrypted under another key than today's");
    await writeFile(stackFile, before);
  });

  it("leaves the stack file as it was when the engine fails", async () => {
    const before = await readFile(stackFile, "utf8");
    await writeFile(join(test.root, "Pulumi.yaml"), (await readFile(join(test.root, "Pulumi.yaml"), "utf8")).replace("index.ts", "gone.ts"));
    const { code } = await test.sluice(["rollback", "--stage", "dev", "--to", "1"]);
    expect(code).toBe(1);
    expect(await readFile(stackFile, "utf8")).toBe(before);
    await writeCatalog(test.root, testCatalog());
  });
});
