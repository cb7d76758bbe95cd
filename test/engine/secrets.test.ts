import { mkdir, readdir, readFile, rm, rmdir, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import type { ServeEvent } from "../../src/operations/serve/events.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { portOf } from "../support/scratch-traefik.ts";
import { serveStages } from "../support/serving.ts";

const PASSPHRASE = "passphrase-4c1f09";
const TESTER = "tester-secret-93ab51";
const PASSWORD = "registry-password-77de20";
const TOKEN = "webhook-token-50c8e3";
const WRONG = { PULUMI_CONFIG_PASSPHRASE: "passphrase-wrong-00ff" };
/** Every secret that the stage has. */
const SECRETS = [PASSPHRASE, TESTER, PASSWORD, TOKEN];
/** The one file that must hold a secret: Traefik compares by it. */
const DOCUMENT = join(".sluice", "dev", "traefik", "dynamic.yaml");

let test: TestProject;
let hooks: Server;
let told: string[];
let serving: Serving;
let events: ServeEvent[];

beforeAll(async () => {
  process.env["PULUMI_CONFIG_PASSPHRASE"] = PASSPHRASE;
  [told, events] = [[], []];
  hooks = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (chunk: string) => told.push(chunk));
    request.on("end", () => response.end("ok"));
  });
  await new Promise<void>((resolve) => hooks.listen(0, "127.0.0.1", resolve));
  test = await makeProject();
  await pulumi("stack", "init", "dev");
  const secrets = {
    testerSecret: TESTER,
    webhook: `http://127.0.0.1:${portOf(hooks)}/services/${TOKEN}`,
    "docker.registries[0].password": PASSWORD,
  };
  const settings = {
    "docker.registries[0].address": "registry.example",
    "docker.registries[0].username": "reader",
    "docker.port": "8000",
    "docker.adminPort": "8001",
    "docker.services.voice-api.image": "voice:1",
    "docker.services.billing-api.image": "billing:1",
    "flags.AGENT_ENABLED.exposure": "25",
    "flags.AGENT_ENABLED.testers": "true",
  };
  for (const [path, value] of Object.entries(secrets)) await pulumi("config", "set", "--stack", "dev", "--secret", "--path", path, value);
  for (const [path, value] of Object.entries(settings)) await pulumi("config", "set", "--stack", "dev", "--path", path, value);
});
afterAll(async () => {
  process.env["PULUMI_CONFIG_PASSPHRASE"] = "";
  await serving.stop();
  await test.remove();
  hooks.close();
});

/** Runs the CLI, which must end well and show no secret. @returns what it said */
async function pulumi(...args: readonly string[]): Promise<string> {
  const { code, output } = await test.pulumi(args);
  expect(code, output).toBe(0);
  expectNone(output);
  return output;
}

/** No secret stands in a text, as it is or in base64. */
function expectNone(text: string): void {
  for (const secret of SECRETS) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -2));
  }
}

/** The files below a folder that hold a secret, by their paths from there. */
async function filesWithSecrets(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const text = await readFile(path, "latin1");
      return SECRETS.some((secret) => text.includes(secret)) ? [relative(folder, path)] : [];
    }),
  );
  return found.flat();
}

describe("the secrets of a stage", () => {
  it("are in no preview, update, output, state or history", async () => {
    expect(await pulumi("preview", "--stack", "dev", "--diff")).toContain("${tester-secret}");
    await pulumi("up", "--stack", "dev", "--yes", "--diff");
    await pulumi("stack", "output", "--stack", "dev", "--json");
    expect(await pulumi("stack", "export", "--stack", "dev")).toContain("ciphertext");
    for (const args of [["config"], ["stack", "history", "--json"], ["refresh", "--preview-only", "--diff"]]) await pulumi(...args, "--stack", "dev");
  });

  it("are not shown while the stage is served, by Traefik's log neither", async () => {
    serving = await serveStages(test.root, ["dev"], (event) => events.push(event));
    const answer = await ask(test.urlOf("dev"), { path: "/voice", headers: { "x-sluice-tester": TESTER } });
    expect(answer.body).toContain('"AGENT_ENABLED":"true"');
    expect(events.length).toBeGreaterThan(0);
    expectNone(JSON.stringify(events));
  });

  it("are in no file but Traefik's document, which its owner alone may read", async () => {
    expect(await filesWithSecrets(test.root)).toEqual([DOCUMENT]);
    expect((await stat(join(test.root, DOCUMENT))).mode & 0o777).toBe(0o600);
  });

  it.each([
    [["status", "--json"], 0],
    [["history", "--stage", "dev", "--json"], 0],
    [["parity", "dev", "staging"], 3],
    [["plan", "AGENT_ENABLED"], 0],
    [["report"], 0],
    [["verify", "--stage", "dev"], 0],
    [["monitoring", "--stage", "dev", "--output", "monitoring"], 0],
    [["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "a look at secrets"], 0],
    [["revive", "AGENT_ENABLED", "--stage", "dev", "--reason", "a look at secrets", "--yes"], 0],
    [["rollback", "--stage", "dev"], 0],
    [["audit", "--stage", "dev", "--json"], 0],
  ])("are not shown by sluice %j", async (args, code) => {
    const shown = await test.sluice(args);
    expect(shown.code, shown.output).toBe(code);
    expectNone(shown.output);
  });

  it("are not told to the webhook, nor kept by what was done", async () => {
    expect(told.filter((text) => text.includes("AGENT_ENABLED")).length).toBeGreaterThan(0);
    expectNone(told.join("\n"));
    expect((await filesWithSecrets(test.root)).filter((path) => path !== DOCUMENT)).toEqual([]);
  });
});

describe("the secrets of a stage where something breaks", () => {
  it("are not shown with a wrong passphrase, nor is that", async () => {
    for (const run of [() => test.pulumi(["preview", "--stack", "dev"], WRONG), () => test.sluice(["rollback", "--stage", "dev"], WRONG)]) {
      const { code, output } = await run();
      expect(code).not.toBe(0);
      expectNone(output);
      expect(output).not.toContain(WRONG.PULUMI_CONFIG_PASSPHRASE);
    }
  });

  it("are not shown as values that are refused", async () => {
    const refused = "tester secret, misspelt";
    await pulumi("config", "set", "--stack", "dev", "--secret", "testerSecret", refused);
    const { code, output } = await test.pulumi(["preview", "--stack", "dev", "--diff"]);
    expect(code).not.toBe(0);
    expect(output).toContain("16 to 128 letters, digits, _ or -");
    expect(output).not.toContain(refused);
    await pulumi("config", "set", "--stack", "dev", "--secret", "testerSecret", TESTER);
  });

  it("are not shown where the document cannot be written", async () => {
    await rm(join(test.root, DOCUMENT));
    await mkdir(join(test.root, DOCUMENT));
    await pulumi("config", "rm", "--stack", "dev", "--path", "kill.AGENT_ENABLED");
    const { code, output } = await test.pulumi(["up", "--stack", "dev", "--yes", "--diff"]);
    expect(code).not.toBe(0);
    expect(output).toContain("dynamic.yaml");
    expectNone(output);
    await rmdir(join(test.root, DOCUMENT));
  });

  it("are not shown by a fault of Sluice's own, which leaves no report behind", async () => {
    const fault = "data:text/javascript,process.stdout.write = () => { throw new TypeError('a fault of our own') }";
    const env = { NODE_OPTIONS: `--import="${fault}"`, SLUICE_WEBHOOK_URL: `http://127.0.0.1/${TOKEN}` };
    const { code, output } = await test.sluice(["status"], env);
    expect(code).not.toBe(0);
    expect(output).toContain("TypeError: a fault of our own");
    expectNone(output);
    expect((await readdir(test.root)).filter((name) => /^(report\.|core)/.test(name))).toEqual([]);
  });
});
