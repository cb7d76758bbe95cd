import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask } from "../../src/net/ask.ts";
import { pulumiRoot } from "../../src/operations/engine.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { pidOf } from "../support/process-tree.ts";
import { HOME, makeProject, type TestProject, testCatalog, writeCatalog } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";
import { until } from "../support/wait.ts";

let test: TestProject;
let serving: Serving;

beforeEach(async () => {
  test = await makeProject();
  await test.pulumi(["stack", "init", "dev"]);
  expect((await up()).code).toBe(0);
  serving = await serveStages(test.root, ["dev"]);
});
afterEach(async () => {
  await serving.stop();
  await test.remove();
});

const up = (): Promise<{ code: number; output: string }> => test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
const set = (path: string, value: string): Promise<{ code: number; output: string }> => test.pulumi(["config", "set", "--stack", "dev", "--path", path, value]);

/** What was running still answers, without the flag. */
async function expectUntouched(): Promise<void> {
  const answer = await ask(test.urlOf("dev"), { path: "/voice", headers: { cookie: "sluice-1=x" } });
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('"AGENT_ENABLED":"false"');
}

describe("what was running goes on as it was", () => {
  it("when a setting cannot be used", async () => {
    await set("flags.AGENT_ENABLED", "30");
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toContain("flags.AGENT_ENABLED: has exposure 30, which is no step");
    expect(output).not.toMatch(/at .*\.ts:\d+/);
    await expectUntouched();
  });

  it("when a stack is no stage", async () => {
    await test.pulumi(["stack", "init", "qa"]);
    const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "qa"]);
    expect(code).not.toBe(0);
    expect(output).toContain("stack qa: is no stage of the catalogue");
  });

  it("when the folder cannot be made", async () => {
    await set("flags.AGENT_ENABLED", "true");
    await set("local.directory", join(test.root, "Pulumi.yaml", "documents"));
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/cannot write \S+: ENOTDIR.*make room or permission, then run it again/);
    await expectUntouched();
  });

  it.for([
    ["read-only", "ro", "read-only file system"],
    ["full", "size=8k", "no space left on device"],
  ] as const)("when the disk is %s", async ([, options, reason], { skip }) => {
    const folder = join(test.root, "disk");
    await mkdir(folder);
    const mounted = await execa("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { reject: false });
    skip(mounted.exitCode !== 0, "a disk of its own can be mounted by root on Linux only");
    try {
      await set("flags.AGENT_ENABLED", "true");
      await set("local.directory", folder);
      const { code, output } = await up();
      expect(code).not.toBe(0);
      expect(output, output).toContain(reason);
      await expectUntouched();
      expect((await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".new"))).toEqual([]);
    } finally {
      await execa("umount", [folder]);
    }
  });

  it("when there is no network", async () => {
    const dead = { HTTP_PROXY: "http://127.0.0.1:1", HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "127.0.0.1,localhost" };
    const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"], dead);
    expect(code, output).toBe(0);
    await expectUntouched();
  });

  it("when the state is no JSON", async () => {
    const state = join(test.root, ".state", ".pulumi", "stacks", "sluice", "dev.json");
    const before = await readFile(state, "utf8");
    await writeFile(state, before.slice(0, 100));
    expect((await up()).code).not.toBe(0);
    const { code, output } = await test.sluice(["rollback", "--stage", "dev", "--to", "1"]);
    expect(code).toBe(1);
    expect(output).toContain("docs/state.md says how to put an earlier state back");
    await expectUntouched();
    await writeFile(state, before);
    expect((await up()).code).toBe(0);
  });

  it("when the stack is locked", async () => {
    const locks = join(test.root, ".state", ".pulumi", "locks", "organization", "sluice", "dev");
    await mkdir(locks, { recursive: true });
    await writeFile(join(locks, "another.json"), JSON.stringify({ pid: 1, username: "someone", hostname: "elsewhere", timestamp: new Date().toISOString() }));
    expect((await up()).output).toContain("currently locked");
    const { code, output } = await test.sluice(["rollback", "--stage", "dev", "--to", "1"]);
    expect(code, output).toBe(4);
    expect(output).toContain("if it was killed: npx pulumi cancel --stack dev");
    await expectUntouched();
    await rm(join(locks, "another.json"));
  });
});

describe("a workload that does not listen", () => {
  it("gets no traffic: up fails, names it, and leaves the routes", async () => {
    await useStubbornCommand();
    await set("flags.AGENT_ENABLED", "true");
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/no workload listens on http:\/\/127\.0\.0\.1:\d+; routes were left as they are/);
    await expectUntouched();
  });
});

describe("an up that is killed", () => {
  it("leaves the stage as it was, and does not stand in the way of a rollback", async () => {
    await useStubbornCommand();
    await set("flags.AGENT_ENABLED", "true");
    const child = spawn(join(pulumiRoot(), "bin", "pulumi"), ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev"], {
      cwd: test.root,
      env: { ...process.env, PATH: `${join(pulumiRoot(), "bin")}:${process.env["PATH"] ?? ""}` },
      stdio: "ignore",
      detached: true,
    });
    const folder = join(test.root, ".sluice", "dev", "env");
    await until("the new variant's env file is there", async () => (await readdir(folder)).some((name) => name.startsWith("voice-api--agent-enabled")), 30_000);
    process.kill(-pidOf(child), "SIGKILL");
    await expectUntouched();
    // The catalogue's commands are others now, so only settings can be restored.
    const { code, output } = await test.sluice(["rollback", "--stage", "dev", "--to", "1", "--settings-only"]);
    expect(code, output).toBe(0);
    expect(output).toContain("first: took away the lock of an update that was killed (");
    await set("flags.AGENT_ENABLED", "false");
    const again = await up();
    expect(again.code, again.output).toBe(0);
    await expectUntouched();
  });
});

/** Serves with a command that starts a variant only while the flag is off in it. */
async function useStubbornCommand(): Promise<void> {
  await serving.stop();
  const script = `if (process.env.AGENT_ENABLED !== "true") await import(${JSON.stringify(join(HOME, "examples", "service.ts"))})`;
  const catalog = z.looseObject({ services: z.record(z.string(), z.looseObject({})) }).parse(testCatalog());
  const services = Object.fromEntries(
    Object.entries(catalog.services).map(([name, service]) => [name, { ...service, command: [process.execPath, "--input-type=module", "-e", script] }]),
  );
  await writeCatalog(test.root, { ...catalog, services });
  serving = await serveStages(test.root, ["dev"]);
}

describe("sluice serve", () => {
  it("says which port is taken, and by which setting another is chosen", async () => {
    const { code, output } = await test.sluice(["serve", "--stage", "dev"]);
    expect(code).toBe(4);
    expect(output).toContain(`dev: port ${test.portOf("dev")} of 127.0.0.1 is in use by another process`);
    expect(output).toContain("pulumi config set --stack dev --path local.port <port>");
    await expectUntouched();
  });

  it("knows only stages of the catalogue", async () => {
    const { code, output } = await test.sluice(["serve", "--stage", "qa"]);
    expect(code).toBe(2);
    expect(output).toContain("There is no stage qa; the catalogue has dev, staging, production.");
  });
});
