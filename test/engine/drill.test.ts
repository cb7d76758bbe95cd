import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { readDrills } from "../../src/config/read-drills.ts";
import { rehearsalPath } from "../../src/config/read-rehearsal.ts";
import { ask } from "../../src/net/ask.ts";
import { readProject } from "../../src/operations/project.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { readLocks } from "../../src/operations/stack-lock.ts";
import { pidOf } from "../support/process-tree.ts";
import { HOME, makeProject, type TestProject, testCatalog, writeCatalog } from "../support/project.ts";
import { runSluice } from "../support/run-sluice.ts";
import { serveStages } from "../support/serving.ts";
import { until } from "../support/wait.ts";

const catalogSchema = z.looseObject({
  services: z.record(z.string(), z.looseObject({})),
  flags: z.record(z.string(), z.looseObject({})),
});
const reportSchema = z.looseObject({
  passed: z.boolean(),
  why: z.array(z.string()),
  runs: z.number().nullable(),
  back: z.looseObject({ lost: z.number(), requests: z.number(), seconds: z.looseObject({ lastOld: z.number().nullable(), returned: z.number() }) }),
});

let test: TestProject;
let serving: Serving;

beforeAll(async () => {
  test = await makeProject();
  await useFlag({ drill: "30d" });
  for (const stage of ["dev", "staging"]) {
    await test.pulumi(["stack", "init", stage]);
    await up(stage);
  }
  serving = await serveStages(test.root, ["dev", "staging"]);
  await set("dev", "true");
  await up("dev");
});
afterAll(async () => {
  await serving.stop();
  await test.remove();
});

/** The test catalogue with more said of its flag and of one of its services. */
async function useFlag(flag: Record<string, unknown>, voice: Record<string, unknown> = {}): Promise<void> {
  const { services, flags, ...rest } = catalogSchema.parse(testCatalog());
  await writeCatalog(test.root, {
    ...rest,
    services: { ...services, "voice-api": { ...services["voice-api"], ...voice } },
    flags: { AGENT_ENABLED: { ...flags["AGENT_ENABLED"], ...flag } },
  });
}
async function set(stage: string, value: string): Promise<void> {
  expect((await test.pulumi(["config", "set", "--stack", stage, "--path", "flags.AGENT_ENABLED", value])).code).toBe(0);
}
async function up(stage: string): Promise<void> {
  const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", stage]);
  expect(code, output).toBe(0);
}
const drill = (stage: string, ...more: readonly string[]) => runSluice(["-C", test.root, "drill", "--stage", stage, "--yes", ...more]);
const isOn = async (stage: string): Promise<boolean> => (await ask(test.urlOf(stage), { path: "/voice" })).body.includes('"AGENT_ENABLED":"true"');

/** Starts a drill of dev in a group of its own, as a shell does, and does something to it once it says a text. */
async function drillUntil(
  text: string,
  act: (pid: number) => void | Promise<void>,
): Promise<{ readonly code: number | undefined; readonly stdout: string; readonly stderr: string }> {
  const child = execa(process.execPath, [join(HOME, "bin", "sluice.mjs"), "-C", test.root, "drill", "--stage", "dev", "--yes"], {
    reject: false,
    stdin: "ignore",
    detached: true,
    cleanup: true,
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await until(`the drill says "${text}"`, () => said.includes(text), 60_000);
  await act(pidOf(child));
  const { exitCode, stdout, stderr } = await child;
  return { code: exitCode, stdout, stderr };
}

describe("sluice drill", () => {
  it("goes back and forward under load, loses nothing, and opens the gate of the next stage", async () => {
    await set("staging", "true");
    const early = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "staging"]);
    expect(early.output).toContain("but no rollback was ever rehearsed in staging or dev");
    const { code, stdout, stderr } = await drill("dev", "--json");
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report).toMatchObject({
      stage: "dev",
      why: [],
      updates: { from: 2, to: 1 },
      runs: 2,
      effects: ["AGENT_ENABLED 100% -> 0%", "route voice-api.agent-enabled.agent goes"],
      back: { way: "back", update: 3, lost: 0, state: { mismatches: [], flagsAmiss: [] }, routes: { wrong: [], routersAmiss: [] } },
      forward: { way: "forward", update: 4, lost: 0, state: { mismatches: [], flagsAmiss: [] }, routes: { wrong: [], routersAmiss: [] } },
      versions: { pulumi: "3.255.0" },
    });
    expect(report.back.seconds.lastOld).toBeLessThan(report.back.seconds.returned);
    expect(report.back.requests).toBeGreaterThan(100);
    const [file = ""] = await readdir(join(test.root, "drills"));
    expect(file).toMatch(/^dev-\d{8}T\d{6}Z\.json$/);
    expect(JSON.parse(await readFile(join(test.root, "drills", file), "utf8"))).toEqual(report);
    expect(Object.keys(await readDrills(test.root))).toEqual(["dev"]);
    expect(await isOn("dev")).toBe(true);
    expect((await test.pulumi(["preview", "--stack", "dev", "--expect-no-changes"])).code).toBe(0);
    await up("staging");
  });

  it("leaves an audit that names every update it made", async () => {
    const { code, output } = await test.sluice(["audit", "--stage", "dev"]);
    expect(code, output).toBe(0);
    expect(output).toMatch(/│ drill +│ update 2 → update 1 +│ done/);
  });

  it("is not kept by the gate that asks for it from going forward again", async () => {
    const [file = ""] = await readdir(join(test.root, "drills"));
    const old = JSON.stringify({ stage: "dev", at: "2020-01-01T00:00:00Z", passed: true });
    await writeFile(join(test.root, "drills", file), old);
    const { code, stdout, stderr } = await drill("staging");
    expect(code, stdout + stderr).toBe(0);
    expect(await isOn("staging")).toBe(true);
    await expect(readFile(rehearsalPath(test.root, "staging"))).rejects.toThrow("ENOENT");
  });

  it("refuses while there are changes that are not applied, and leaves them", async () => {
    await set("dev", "25");
    const { code, stderr } = await drill("dev");
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr:
        "dev has changes that are not applied yet: Pulumi.dev.yaml: sluice:flags; nothing was touched.\nApply them first: npx pulumi up --stack dev; or take them back.",
    });
    await set("dev", "true");
  });

  it("refuses what the gates would not let come forward again", async () => {
    await useFlag({ drill: "30d", expires: "2020-01-01" });
    const { code, stderr } = await drill("dev");
    expect(code).toBe(3);
    expect(stderr).toContain("dev could not go forward again to update 4 (1 fault; nothing was changed)");
    expect(stderr).toContain("the flag expired on 2020-01-01");
    expect(await isOn("dev")).toBe(true);
    await useFlag({ drill: "30d" });
  });

  it("refuses where a kill stands, and where no Traefik runs", async () => {
    const kills = join(test.root, ".sluice", "dev", "kills.json");
    await writeFile(kills, JSON.stringify({ kills: [{ subject: "AGENT_ENABLED", flags: ["AGENT_ENABLED"], routes: [] }] }));
    const killed = await drill("dev");
    expect({ code: killed.code, stderr: killed.stderr }).toEqual({
      code: 3,
      stderr: "A kill stands in dev that no update has taken up yet: AGENT_ENABLED; nothing was touched.\nFirst: npx pulumi up --stack dev",
    });
    await writeFile(kills, JSON.stringify({ kills: [] }));
    await serving.stop();
    const dark = await drill("dev");
    expect({ code: dark.code, stderr: dark.stderr }).toEqual({
      code: 3,
      stderr: `No Traefik of dev answers at http://127.0.0.1:${test.portOf("dev") + 1}, so there would be nothing to measure; nothing was touched.\nFirst: npx sluice serve --stage dev`,
    });
    serving = await serveStages(test.root, ["dev", "staging"]);
  });
});

describe("a drill that is interrupted", () => {
  it("on its way back stays there, and says so", async () => {
    const { code, stdout, stderr } = await drillUntil("going back", (pid) => void process.kill(pid, "SIGTERM"));
    expect(code, stdout + stderr).toBe(6);
    expect(stderr).toContain("interrupted: the update that has begun is finished, and no other begun");
    expect(stdout).toContain("  it did not go forward again: the drill was interrupted\ndev runs the earlier state, that of update 1.");
    expect(await isOn("dev")).toBe(false);
    const forth = await test.sluice(["rollback", "--stage", "dev", "--to", "2"]);
    expect(forth.code, forth.output).toBe(0);
  });

  it("by Ctrl-C on its way forward finishes it", async () => {
    const { code, stdout, stderr } = await drillUntil("going forward", (pid) => void process.kill(-pid, "SIGINT"));
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("passed: dev went back");
    expect(await isOn("dev")).toBe(true);
  });

  it("by SIGKILL leaves the earlier state, from which a rollback goes to what ran", async () => {
    const project = await readProject(test.root);
    await drillUntil("going back", async (pid) => {
      await until("the update has begun", async () => (await readLocks(project, "dev")).length > 0);
      process.kill(pid, "SIGKILL");
    });
    await until("the update has ended", async () => (await readLocks(project, "dev")).length === 0, 60_000);
    expect(await isOn("dev")).toBe(false);
    let forth = { code: -1, output: "" };
    await until(
      "the killed drill's locks are let go",
      async () => {
        forth = await test.sluice(["rollback", "--stage", "dev", "--to", "2"]);
        return forth.code !== 4;
      },
      40_000,
    );
    expect(forth.code, forth.output).toBe(0);
    expect(await isOn("dev")).toBe(true);
  });
});

describe("a drill of a service that loses requests", () => {
  it("does not pass where the way back loses requests, and says so in its report", async () => {
    const folder = join(test.root, "services");
    await mkdir(folder, { recursive: true });
    const flaky = join(folder, "flaky.ts");
    await writeFile(flaky, FLAKY);
    await serving.stop();
    await useFlag({ drill: "30d" }, { command: [process.execPath, flaky] });
    await up("dev");
    serving = await serveStages(test.root, ["dev", "staging"]);
    // An update that differs in more than the catalogue, so that there is one to go back to.
    for (const value of ["false", "true"]) {
      await set("dev", value);
      await up("dev");
    }
    const { code, stdout, stderr } = await drill("dev", "--json");
    expect(code, stdout + stderr).toBe(6);
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report.passed).toBe(false);
    expect(report.back.lost, stdout).toBeGreaterThan(0);
    expect(report.why.join()).toMatch(/the way back: \d+ of \d+ requests were lost \(.*status 503/);
    expect(report.runs).not.toBeNull();
    expect(await isOn("dev")).toBe(true);
    expect(Object.keys(await readDrills(test.root))).toEqual(["dev", "staging"]);
  });
});

/** A service that fails two in ten requests while its flag is off: with a 503, or by hanging up. */
const FLAKY = `
import { createServer } from "node:http";
let count = 0;
createServer((request, response) => {
  count += 1;
  const off = process.env["AGENT_ENABLED"] === "false";
  if (off && count % 10 === 5) return void request.socket.destroy();
  if (off && count % 10 === 0) response.statusCode = 503;
  response.end(JSON.stringify({ AGENT_ENABLED: process.env["AGENT_ENABLED"] }));
}).listen(Number(process.env["PORT"]), "127.0.0.1");
process.stdin.on("end", () => process.exit(0)).resume();
process.on("SIGTERM", () => process.exit(0));
`;
