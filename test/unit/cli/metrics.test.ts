import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runSluice } from "../../support/run-sluice.ts";
import { startFacts } from "../../support/serve-facts.ts";
import { writeCheckpoint, writeHistory, writeProject, writeRecord, writeStackFile } from "../../support/written-state.ts";

const STAGES = ["dev", "staging", "production"];
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-metrics-"));
  await writeProject(root);
  for (const [index, stage] of STAGES.entries()) {
    const settings = {
      flags: { AGENT_ENABLED: 25 },
      local: {
        port: 5_000 + index * 2_000,
        adminPort: 5_001 + index * 2_000,
        workloadPorts: { "voice-api": 6_000 + index * 2_000, "billing-api": 5_020 + index * 2_000 },
      },
    };
    await writeStackFile(root, stage, settings);
    await writeHistory(root, stage, [{ settings, at: new Date("2027-01-31T00:00:00Z") }]);
    await writeRecord(root, stage, { AGENT_ENABLED: 25 }, { AGENT_ENABLED: "2027-01-31T00:00:00Z" });
  }
});
afterEach(() => rm(root, { recursive: true, force: true }));

const metrics = (...args: readonly string[]) => runSluice(["metrics", ...args], {}, root);

describe("sluice metrics", () => {
  it("tells the facts of one stage", async () => {
    const { code, stdout } = await metrics("--stage", "staging");
    expect(code).toBe(0);
    expect(stdout).toContain('\nsluice_flag_exposure_ratio{stage="staging",flag="AGENT_ENABLED"} 0.25\n');
    expect(stdout).toContain('\nsluice_flag_exposure_timestamp_seconds{stage="staging",flag="AGENT_ENABLED"} 1801353600\n');
    expect(stdout).not.toContain('stage="dev"');
  });

  it("tells a stage that cannot be read as such, and the others all the same", async () => {
    await writeCheckpoint(root, "staging", "{ half");
    const { code, stdout } = await metrics();
    expect(code).toBe(0);
    expect(stdout).toContain('sluice_stage_readable{stage="dev"} 1\nsluice_stage_readable{stage="staging"} 0\nsluice_stage_readable{stage="production"} 1\n');
    expect(stdout).toContain('sluice_flag_exposure_ratio{stage="production",flag="AGENT_ENABLED"} 0.25');
    expect(stdout).not.toMatch(/sluice_(stage_drifted_resources|stage_deployed|flag_exposure_ratio)\{stage="staging"/);
  });

  it("tells every stage as unreadable where the state is elsewhere", async () => {
    const { code, stdout } = await runSluice(["metrics"], { PULUMI_BACKEND_URL: "s3://bucket" }, root);
    expect(code).toBe(0);
    expect(stdout.match(/^sluice_stage_readable\{stage="\w+"\} 0$/gm)).toHaveLength(3);
    expect(stdout).not.toContain("sluice_stage_deployed");
  });

  it("writes a file in one step, and leaves nothing beside it", async () => {
    const folder = join(root, "textfile");
    expect(await metrics("--output", join(folder, "sluice.prom"))).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await readdir(folder)).toEqual(["sluice.prom"]);
    expect(await readFile(join(folder, "sluice.prom"), "utf8")).toMatch(/^# HELP sluice_facts_timestamp_seconds .*\n/);
  });

  it.each([
    [["--stage", "prod"], 2, "There is no stage prod; the catalogue has dev, staging, production."],
    [["--listen", "nonsense"], 2, "--listen nonsense is no address, such as 127.0.0.1:9469."],
    [
      ["--listen", "127.0.0.1:1", "--output", "x"],
      2,
      "error: option '-o, --output <file>' cannot be used with option '-l, --listen <address>'\n(--help shows what there is)",
    ],
  ])("%j ends with %d", async (args, code, text) => {
    const ended = await metrics(...args);
    expect({ code: ended.code, text: ended.stderr.trim() }).toEqual({ code, text });
  });
});

describe("sluice metrics --listen", () => {
  it("serves what the stage of the question says, until it is ended", async () => {
    const served = await startFacts(root);
    const one = await fetch(`${served.url}?stage=production`);
    expect(one.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await one.text()).not.toContain('stage="dev"');
    expect(await (await fetch(served.url)).text()).toContain('stage="dev"');
    const unknown = await fetch(`${served.url}?stage=prod`);
    expect([unknown.status, await unknown.text()]).toEqual([503, "There is no stage prod; the catalogue has dev, staging, production.\n"]);
    expect((await fetch(new URL("/", served.url))).status).toBe(404);
    expect(await served.end()).toBe(0);
  });

  it("says so where something else listens", async () => {
    const served = await startFacts(root);
    const { code, stderr } = await metrics("--listen", new URL(served.url).host);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/^Nothing can listen on 127\.0\.0\.1:\d+: listen EADDRINUSE: .* Choose another port: --listen 127\.0\.0\.1:<port>\.\n?$/);
    await served.end();
  });
});
