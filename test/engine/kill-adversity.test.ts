import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ask } from "../../src/net/ask.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { documentPath, killCatalog, killIn, reconciled, standingKills } from "../support/kill.ts";
import { makeProject, type TestProject, writeCatalog } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";
import { readSettings, writeSettings } from "../support/settings.ts";
import { lost, startVisits } from "../support/visits.ts";

let test: TestProject;
let serving: Serving;

beforeAll(async () => {
  test = await makeProject();
  await writeCatalog(test.root, killCatalog());
  await test.pulumi(["stack", "init", "dev"]);
  await up();
  serving = await serveStages(test.root, ["dev"]);
});
afterAll(async () => {
  await serving.stop();
  await test.remove();
});
beforeEach(async () => {
  await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: true }, kill: null });
  await up();
});
afterEach(() => vi.unstubAllEnvs());

async function up(): Promise<void> {
  const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
  expect(code, output).toBe(0);
}
const isOn = async (): Promise<boolean> => (await ask(test.urlOf("dev"), { path: "/voice" })).body.includes('"AGENT_ENABLED":"true"');
const state = (): string => join(test.root, ".state", ".pulumi", "stacks", "sluice", "dev.json");

/** Breaks something; what is returned mends it. */
type Break = () => Promise<() => Promise<void>>;

async function replacing(path: string, change: (text: string) => string): Promise<() => Promise<void>> {
  const before = await readFile(path, "utf8");
  await writeFile(path, change(before));
  return () => writeFile(path, before);
}

const breaks: readonly (readonly [what: string, how: Break, reason: string])[] = [
  [
    "the stack is locked by a process that lives",
    async () => {
      const folder = join(test.root, ".state", ".pulumi", "locks", "organization", "sluice", "dev");
      await mkdir(folder, { recursive: true });
      const lock = { pid: process.pid, username: "someone", hostname: hostname(), timestamp: new Date().toISOString() };
      await writeFile(join(folder, "another.json"), JSON.stringify(lock));
      return () => rm(join(folder, "another.json"));
    },
    "The stack dev is locked by another update (someone@",
  ],
  ["the state is no JSON", () => replacing(state(), (text) => text.slice(0, 100)), "docs/state.md says how to put an earlier"],
  [
    "there is no engine",
    async () => {
      vi.stubEnv("PULUMI_HOME", join(test.root, "nowhere"));
      return async () => {
        vi.unstubAllEnvs();
      };
    },
    "The Pulumi CLI is not there. First: npm run setup",
  ],
  ["the program is broken", () => replacing(join(test.root, "Pulumi.yaml"), (text) => text.replace("index.ts", "gone.ts")), "gone.ts"],
];

describe("a kill needs no engine", () => {
  it.each(breaks)("where %s: traffic is off, the config has it, what is left is said, and the next up takes it up", async (_what, how, reason) => {
    const visits = startVisits(test.urlOf("dev"), [
      ["/voice", "sluice-1=x"],
      ["/billing", ""],
    ]);
    const mend = await how();
    const run = await killIn(test, "AGENT_ENABLED");
    const events = await reconciled(run);
    expect(events).toEqual([{ kind: "left", reason: expect.stringContaining(reason), command: "npx pulumi up --stack dev" }]);
    expect(await readSettings(test.root, "dev")).toMatchObject({ "sluice:kill": { AGENT_ENABLED: true } });
    expect(await standingKills(test)).toContain("AGENT_ENABLED");
    await mend();
    await writeSettings(test.root, "dev", { kill: { AGENT_ENABLED: true } });
    await up();
    expect(await standingKills(test)).toBeNull();
    const seen = await visits.stop();
    expect(lost(seen)).toEqual([]);
    expect(seen.filter(({ sent, on }) => sent > (run.off ?? 0) && on.length > 0)).toEqual([]);
  });

  it("is brought along where another setting of the file cannot be used, and leaves that as it is", async () => {
    const mend = await replacing(join(test.root, "Pulumi.dev.yaml"), (text) => text.replace("config:\n", "config:\n  sluice:overrides: 7\n"));
    const run = await killIn(test, "AGENT_ENABLED");
    expect(await reconciled(run)).toEqual([{ kind: "reconciled", seconds: expect.any(Number), ahead: ["Pulumi.dev.yaml: sluice:overrides"] }]);
    expect(await readSettings(test.root, "dev")).toMatchObject({ "sluice:kill": { AGENT_ENABLED: true }, "sluice:overrides": 7 });
    expect(await standingKills(test)).toBeNull();
    await mend();
  });

  it.each([
    ["the catalogue cannot be read", "Pulumi.yaml", (text: string) => text.replace("stages:", "stagges:")],
    ["the stage's file is no YAML", "Pulumi.dev.yaml", (text: string) => `${text}\n{`],
  ])("takes hold by what was deployed where %s", async (_what, file, spoil) => {
    const mend = await replacing(join(test.root, file), spoil);
    const run = await killIn(test, "AGENT_ENABLED");
    expect(run.off).not.toBeNull();
    expect((await reconciled(run)).map(({ kind }) => kind)).toContain("left");
    expect(await standingKills(test)).toContain("AGENT_ENABLED");
    await mend();
    await writeSettings(test.root, "dev", { kill: { AGENT_ENABLED: true } });
    await up();
    expect(await standingKills(test)).toBeNull();
  });

  it("that no update has taken up is revived for visitors too, and forgotten by no rollback", async () => {
    const mend = await replacing(join(test.root, "Pulumi.yaml"), (text) => text.replace("index.ts", "gone.ts"));
    await reconciled(await killIn(test, "AGENT_ENABLED"));
    await mend();
    const refused = await test.sluice(["rollback", "--stage", "dev", "--to", "1"]);
    expect(refused.code, refused.output).toBe(3);
    expect(refused.output).toContain("AGENT_ENABLED was killed, and no update has taken that up yet.");
    const verified = await test.sluice(["verify", "--stage", "dev"]);
    expect(verified.code).toBe(6);
    expect(verified.output).toContain("standing kills");
    const { code, output } = await test.sluice(["revive", "AGENT_ENABLED", "--stage", "dev", "--reason", "mended", "--yes"]);
    expect(code, output).toBe(0);
    // Visitors were without it, whatever the state said.
    expect(output).toContain("AGENT_ENABLED 0% -> 100%");
    expect(await standingKills(test)).toBeNull();
    const after = await test.sluice(["verify", "--stage", "dev"]);
    expect(after.code, after.output).toBe(0);
  });

  it("is ended by no rollback of its flag", async () => {
    const { code, output } = await test.sluice(["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "a test"]);
    expect(code, output).toBe(0);
    const again = await test.sluice(["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "again"]);
    expect(again.code, again.output).toBe(0);
    expect((await test.sluice(["verify", "--stage", "dev"])).code).toBe(0);
    await test.sluice(["rollback", "--stage", "dev", "--flag", "AGENT_ENABLED"]);
    expect(await readSettings(test.root, "dev")).toMatchObject({ "sluice:kill": { AGENT_ENABLED: true } });
    const audit = await test.sluice(["audit", "--stage", "dev"]);
    expect(audit.output).toContain("100% → 0%");
  });

  it("stands against an update that has the flag on, and does not know of the kill", async () => {
    await killIn(test, "AGENT_ENABLED");
    await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: true, TRANSCRIPTS_ENABLED: 25 }, kill: null });
    await up();
    expect(await isOn()).toBe(false);
    expect((await ask(test.urlOf("dev"), { path: "/transcripts", headers: { cookie: "sluice-1=x" } })).status).toBe(404);
    expect(await standingKills(test)).toContain("AGENT_ENABLED");
    await writeSettings(test.root, "dev", { kill: { AGENT_ENABLED: true } });
    await up();
    expect([await isOn(), await standingKills(test)]).toEqual([false, null]);
  });

  it("takes hold where nothing is served", async () => {
    await serving.stop();
    const run = await killIn(test, "AGENT_ENABLED");
    expect(run.events[0]).toMatchObject({ kind: "traffic-off", after: null });
    serving = await serveStages(test.root, ["dev"]);
    expect(await isOn()).toBe(false);
    await reconciled(run);
  });
});

describe("a document that is not as it was written", () => {
  it.each([
    ["has no legend", (text: string) => text.replace(/^# variants:.*\n/, ""), "it has no line `# variants:` that names its variants"],
    ["has no mark of its revision", (text: string) => text.replaceAll("revision-", "version-"), "it has no middleware `revision-`"],
    ["is cut off", (text: string) => `${text.slice(0, text.indexOf("services:"))}\n  services: [`, "it is not the YAML that Sluice writes"],
  ])("refuses a kill where it %s, and nothing is changed", async (_what, change, reason) => {
    const path = documentPath(test, "traefik", "dynamic.yaml");
    const mend = await replacing(path, change);
    const before = await Promise.all(
      [path, join(test.root, "Pulumi.dev.yaml"), documentPath(test, "flagd", "flags.json")].map((file) => readFile(file, "utf8")),
    );
    await expect(killIn(test, "AGENT_ENABLED")).rejects.toThrow(
      `Nothing was changed, and visitors see AGENT_ENABLED as before: ${path} is not as Sluice wrote it: ${reason}`,
    );
    const after = await Promise.all(
      [path, join(test.root, "Pulumi.dev.yaml"), documentPath(test, "flagd", "flags.json")].map((file) => readFile(file, "utf8")),
    );
    expect(after).toEqual(before);
    expect(await standingKills(test)).toBeNull();
    await mend();
  });

  it("lets a kill through where a person has added to it, and keeps what he added", async () => {
    const path = documentPath(test, "traefik", "dynamic.yaml");
    await replacing(path, (text) => text.replace("  middlewares:\n", "  middlewares:\n    own:\n      compress: {}\n"));
    const run = await killIn(test, "AGENT_ENABLED");
    expect([await isOn(), (await readFile(path, "utf8")).includes("compress")]).toEqual([false, true]);
    await reconciled(run);
  });

  it.each([
    ["a kill", async () => reconciled(await killIn(test, "AGENT_ENABLED"))],
    [
      "an update",
      async () => {
        await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: false }, kill: null });
        await up();
      },
    ],
  ])("does not outlive %s as a copy in its folder, and what cannot be read there is in no one's way", async (_what, takeOff) => {
    const inFolder = (name: string): string => documentPath(test, "traefik", name);
    const document = await readFile(inFolder("dynamic.yaml"), "utf8");
    await writeFile(inFolder("before-my-edit.yaml"), document);
    await writeFile(inFolder("notes.yaml"), "http: {routers: {a: \n");
    await symlink("someone@host.1234", inFolder(".#dynamic.yaml"));
    await takeOff();
    expect(await isOn()).toBe(false);
    expect(await readFile(inFolder("before-my-edit.yaml.aside"), "utf8")).toBe(document);
    expect(await readFile(inFolder("notes.yaml"), "utf8")).toContain("routers");
    for (const name of ["before-my-edit.yaml.aside", "notes.yaml", ".#dynamic.yaml"]) await rm(inFolder(name));
  });

  it("does not keep a kill from traffic and config where it is flagd's", async () => {
    const path = documentPath(test, "flagd", "flags.json");
    await replacing(path, (text) => text.slice(0, 30));
    const run = await killIn(test, "AGENT_ENABLED");
    expect(run.events.map(({ kind }) => kind)).toEqual(["traffic-off", "config-written", "left"]);
    expect(run.events[2]).toEqual({
      kind: "left",
      reason: "the flagd document still has AGENT_ENABLED: it is no flagd document",
      command: "npx pulumi up --stack dev",
    });
    expect(await isOn()).toBe(false);
    await reconciled(run);
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ flags: { AGENT_ENABLED: { defaultVariant: "off" } } });
  });

  it("refuses a kill where its folder is read-only, and nothing is changed", async ({ skip }) => {
    const folder = documentPath(test);
    const bound = await execa("mount", ["--bind", folder, folder], { reject: false });
    skip(bound.exitCode !== 0, "a folder of its own can be mounted by root on Linux only");
    try {
      await execa("mount", ["-o", "remount,ro,bind", folder]);
      const stackFile = await readFile(join(test.root, "Pulumi.dev.yaml"), "utf8");
      await expect(killIn(test, "AGENT_ENABLED")).rejects.toThrow(
        /^Nothing was changed, and visitors see AGENT_ENABLED as before: cannot write .*kills\.json: EROFS/,
      );
      expect(await readFile(join(test.root, "Pulumi.dev.yaml"), "utf8")).toBe(stackFile);
      expect(await isOn()).toBe(true);
    } finally {
      await execa("umount", [folder]);
    }
  });
});
