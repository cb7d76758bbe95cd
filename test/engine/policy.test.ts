import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { HOME, makeProject, type TestProject, testCatalog, writeCatalog } from "../support/project.ts";

const catalog = { ...testCatalog(), stages: ["dev"] };
let project: TestProject;
let packConfig: string;
beforeAll(async () => {
  project = await makeProject();
  await writeCatalog(project.root, catalog);
  await project.pulumi(["stack", "init", "dev"]);
  packConfig = join(project.root, "policy.json");
  const config = { project: project.root };
  // The flags of tests have no end, so to speak.
  await writeFile(packConfig, JSON.stringify({ "exposure-has-owner-and-expiry": { ...config, days: 10_000_000 }, "production-after-a-drill": config }));
});
afterAll(() => project.remove());

const preview = () => project.pulumi(["preview", "--stack", "dev", "--policy-pack", join(HOME, "policy"), "--policy-pack-config", packConfig]);
const expose = (exposure: number) => project.pulumi(["config", "set", "--stack", "dev", "--path", "flags.AGENT_ENABLED", String(exposure)]);

it("lets a preview through that shows nothing", async () => {
  const { code, output } = await preview();
  expect(output).toContain("✅ sluice@v0.1.0");
  expect(code, output).toBe(0);
});

it("refuses the last stage's exposure until a drill is on record", async () => {
  await expose(25);
  const refused = await preview();
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("production-after-a-drill");
  expect(refused.output).toContain("dev shows a flag, and no drill is on record");
  expect(refused.output).not.toContain("[mandatory]  exposure-has-owner-and-expiry");

  await mkdir(join(project.root, "drills"));
  await writeFile(join(project.root, "drills", "dev.json"), JSON.stringify({ stage: "dev", at: new Date().toISOString(), passed: true }));
  const { code, output } = await preview();
  expect(code, output).toBe(0);
});

it("refuses a flag that is to live longer than agreed", async () => {
  await writeFile(
    packConfig,
    JSON.stringify({ "exposure-has-owner-and-expiry": { project: project.root }, "production-after-a-drill": { project: project.root } }),
  );
  const { code, output } = await preview();
  expect(code).not.toBe(0);
  expect(output).toMatch(/AGENT_ENABLED is on for 25% of visitors and has its last day in \d+ days, 400 are allowed/);
});

it("judges by a catalogue that stands in a file of its own", async () => {
  await writeCatalog(project.root, { file: "catalog.yaml" });
  await writeFile(join(project.root, "catalog.yaml"), stringify(catalog));
  const { code, output } = await preview();
  expect(code).not.toBe(0);
  expect(output).toMatch(/AGENT_ENABLED is on for 25% of visitors and has its last day in \d+ days, 400 are allowed/);
  expect(output).not.toContain("[mandatory]  production-after-a-drill");
});
