import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { verify } from "../../src/cli/actions/verify.ts";
import { writeAtomically } from "../../src/files/write-atomically.ts";
import { readProject } from "../../src/operations/project.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import type { Check, VerifyReport } from "../../src/operations/verify/report.ts";
import { verifyStage } from "../../src/operations/verify/verify.ts";
import { newRevision } from "../../src/traefik/names.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";
import { until } from "../support/wait.ts";

const SECRET = "0123456789abcdef-tester";
let test: TestProject;
let serving: Serving | null = null;
let document: string;

beforeAll(async () => {
  test = await makeProject();
  document = join(test.root, ".sluice", "dev", "traefik", "dynamic.yaml");
  await test.pulumi(["stack", "init", "dev"]);
  await pulumi(["config", "set", "--stack", "dev", "--secret", "testerSecret", SECRET]);
  await set("flags.AGENT_ENABLED.exposure", "25");
  await set("flags.AGENT_ENABLED.testers", "true");
  await up();
  serving = await serveStages(test.root, ["dev"]);
});
afterAll(async () => {
  await serving?.stop();
  await test.remove();
});

async function pulumi(args: readonly string[]): Promise<void> {
  const { code, output } = await test.pulumi(args);
  expect(code, output).toBe(0);
}
const set = (path: string, value: string): Promise<void> => pulumi(["config", "set", "--stack", "dev", "--path", path, value]);
const up = (): Promise<void> => pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
const verified = async (): Promise<VerifyReport> => verifyStage(await readProject(test.root), "dev", { visitors: 400, onProgress: () => undefined });

/** The checks that failed, by name. */
function failed({ checks }: VerifyReport): Record<string, Check> {
  return Object.fromEntries(checks.filter((check) => check.state === "fail").map((check) => [check.name, check]));
}

/** Writes a document by hand, under a revision of its own, and waits until Traefik has it. */
async function writeByHand(text: string): Promise<void> {
  const revision = newRevision();
  const before = /revision-([0-9a-f]{12})/.exec(text)?.[1] ?? "";
  await writeAtomically(document, text.replaceAll(before, revision), 0o600);
  await until("Traefik has what was written", () => takes(`revision-${revision}`));
}
async function takes(marker: string): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${test.portOf("dev") + 1}/api/http/middlewares/${marker}@file`);
  await answer.body?.cancel();
  return answer.ok;
}

describe("a stage at 25 per cent, with testers and a gated route", () => {
  it("does what its state says", async () => {
    const report = await verified();
    expect(failed(report)).toEqual({});
    expect(report.checks.filter((check) => check.state === "not asked")).toEqual([]);
    expect(report.checks.map((check) => check.name)).toEqual([
      "standing kills",
      "drift",
      "routers",
      "route billing-api",
      "route voice-api",
      "route voice-api.agent-enabled.agent",
      "testers of billing-api",
      "guessed secrets of billing-api",
      "testers of voice-api",
      "guessed secrets of voice-api",
      "forged headers",
      "split of billing-api",
      "visitors of billing-api",
      "cookies of billing-api",
      "split of voice-api",
      "visitors of voice-api",
      "cookies of voice-api",
    ]);
    expect(JSON.stringify(report)).not.toContain(SECRET.slice(0, -1));
  });

  it("is not held against settings that were never applied", async () => {
    await set("flags.AGENT_ENABLED.exposure", "50");
    expect(failed(await verified())).toEqual({});
    await set("flags.AGENT_ENABLED.exposure", "25");
  });

  it("is not asked for testers where the secret cannot be read", async () => {
    process.env["PULUMI_CONFIG_PASSPHRASE"] = "another";
    const report = await verified();
    process.env["PULUMI_CONFIG_PASSPHRASE"] = "";
    expect(failed(report)).toEqual({});
    const testers = report.checks.filter((check) => check.name.startsWith("testers of"));
    expect(testers.map((check) => check.state)).toEqual(["not asked", "not asked"]);
    expect(testers[0]?.found).toContain("the tester secret cannot be read: The passphrase of dev is another.");
  });
});

describe("damage is found", () => {
  let before: string;
  beforeAll(async () => {
    before = await readFile(document, "utf8");
  });
  afterEach(() => writeByHand(before));

  it("in the weights of newcomers", async () => {
    const text = before.replace(/("name":"voice-api\.bucket-1","weight":)1\b/, "$160");
    expect(text).not.toBe(before);
    await writeByHand(text);
    const found = failed(await verified());
    expect(Object.keys(found)).toEqual(["drift", "split of voice-api"]);
    expect(found["split of voice-api"]?.found).toMatch(/^of 400 newcomers bucket 1 \d\d\.\d%.*; too far off for chance: bucket 1/);
  });

  it("in a bucket that is led elsewhere", async () => {
    const text = before.replace(/("voice-api\.bucket-4": .*"service":")voice-api--base/, "$1voice-api--agent-enabled");
    expect(text).not.toBe(before);
    await writeByHand(text);
    const found = failed(await verified());
    expect(Object.keys(found)).toEqual(["drift", "routers", "route voice-api", "visitors of billing-api", "visitors of voice-api"]);
    expect(found["route voice-api"]?.found).toContain("bucket 4: status 200 from variant");
  });

  it("in the tester's rule", async () => {
    await writeByHand(before.replaceAll(SECRET, "another-secret-of-testers"));
    const found = failed(await verified());
    expect(Object.keys(found)).toEqual(["testers of billing-api", "testers of voice-api"]);
    expect(JSON.stringify(found)).not.toContain(SECRET.slice(0, -1));
  });

  it("in an env file", async () => {
    const folder = join(test.root, ".sluice", "dev", "env");
    const [name = ""] = (await readdir(folder)).filter((file) => file.startsWith("voice-api--base"));
    const path = join(folder, name);
    const content = await readFile(path, "utf8");
    await writeFile(path, `${content}MORE=1\n`);
    const { drift } = failed(await verified());
    expect(drift?.found).toBe(`${path} differs`);
    await writeFile(path, content);
    await until("the workload is there again", async () => Object.keys(failed(await verified())).length === 0);
  });
});

describe("a kill", () => {
  it("that was undone by hand is found, and a router for the gated route", async () => {
    const alive = await readFile(document, "utf8");
    await set("kill.AGENT_ENABLED", "true");
    await up();
    expect(failed(await verified())).toEqual({});
    const killed = await readFile(document, "utf8");
    await writeByHand(alive);
    const found = failed(await verified());
    expect(Object.keys(found)).toEqual(
      expect.arrayContaining(["drift", "routers", "gated route agent of AGENT_ENABLED", "kill of AGENT_ENABLED", "route billing-api"]),
    );
    expect(found["kill of AGENT_ENABLED"]?.found).toContain("a variant that is not planned");
    expect(found["gated route agent of AGENT_ENABLED"]?.found).toContain("the router voice-api.agent-enabled.agent is there");
    expect(JSON.stringify(found)).not.toContain(SECRET.slice(0, -1));
    await writeByHand(killed);
    expect(Object.keys(failed(await verified()))).toEqual([]);
  });

  it("leaves no route that was added by hand unnoticed, whatever its name", async () => {
    const killed = await readFile(document, "utf8");
    const base = /"service":"(voice-api--base)"/.exec(killed)?.[1] ?? "";
    const router = `  routers:\n    mine:\n      rule: PathPrefix(\`/agent\`)\n      service: ${base}\n      priority: 9999\n`;
    await writeByHand(killed.replace(/^ {2}routers:\n/m, router));
    const found = failed(await verified());
    expect(Object.keys(found)).toEqual(["drift", "routers", "gated route agent of AGENT_ENABLED"]);
    expect(found["gated route agent of AGENT_ENABLED"]?.found).toBe("the router mine is there");
    await writeByHand(killed);
  });
});

describe("without a Traefik", () => {
  it("nothing is asked, and the command ends with 6", async () => {
    await serving?.stop();
    serving = null;
    expect(failed(await verified())["traffic"]?.found).toBe("none, so nothing was asked. First: npx sluice serve --stage dev");
    let output = "";
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (text: string | Uint8Array): boolean => {
      output += String(text);
      return true;
    };
    const code = await verify(test.root, { stage: "dev" });
    process.stdout.write = write;
    expect(code).toBe(6);
    expect(output).toContain("dev: traffic does NOT do what update 2 says");
  });
});
