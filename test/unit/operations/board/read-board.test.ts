import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Board, Lack, Metrics } from "../../../../src/operations/board/board.ts";
import { readMetricsOnce } from "../../../../src/operations/board/metrics.ts";
import { type ReadMetrics, readBoard } from "../../../../src/operations/board/read-board.ts";
import { offeringRollbacks } from "../../../../src/operations/board/rollback-offer.ts";
import { fingerprintState } from "../../../../src/operations/board/state-fingerprint.ts";
import { readProject } from "../../../../src/operations/project.ts";
import { startAnswering } from "../../../support/answering.ts";
import { AGENT, SECRETS, writeBoardProject } from "../../../support/board-project.ts";
import { writeLargeProject } from "../../../support/large-project.ts";
import { localInput } from "../../../support/model.ts";
import { writeCheckpoint, writeHistory, writeStackFile } from "../../../support/written-state.ts";

const NOW = new Date("2027-01-31T12:00:00Z");
const NONE: Metrics = { kind: "none", reason: "nobody looks" };
const nobodyLooks: ReadMetrics = () => Promise.resolve(() => Promise.resolve(NONE));

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-board-"));
  await writeBoardProject(root, NOW);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const read = (metrics: ReadMetrics = nobodyLooks): Promise<Board> => readBoard(root, { flag: AGENT }, NOW, metrics);
const texts = (lacks: readonly Lack[]): string[] => lacks.map(({ what, reason }) => `${what} cannot be read: ${reason}`.replaceAll(root, "<root>"));

describe("a board", () => {
  it("has every flag as a row, with its course in each stage", async () => {
    const { rows, project } = await readBoard(root, "none", NOW, nobodyLooks);
    expect(project).toBe("sluice");
    expect(rows.map(({ flag, exposures }) => [flag, Object.values(exposures).map((points) => points.map(({ exposure }) => exposure))])).toEqual([
      [
        AGENT,
        [
          [0, 5, 25, 100, 100],
          [0, 1, 5, 0, 25, 25],
          [0, 0],
        ],
      ],
      [
        "TRANSCRIPTS_ENABLED",
        [
          [0, 0],
          [0, 0],
          [0, 0],
        ],
      ],
    ]);
  });

  it("tells a flag's way through the stages, with what is due", async () => {
    const { details } = await read();
    const [detail] = details;
    expect(detail?.way.map(({ kind, stage, text, by, amiss }) => [kind, stage, text, by?.name ?? null, amiss].join(" | "))).toEqual([
      "expiry |  | expires on 2027-06-30 |  | false",
      "soak | dev | soak of 1d ends |  | false",
      "raised | staging | 0% → 25% | ann@example.org | false",
      "operation | staging | promote: refused | ann@example.org | true",
      "raised | dev | 25% → 100% | ann@example.org | false",
      "lowered | staging | 5% → 0% | ann@example.org | false",
      "raised | staging | 1% → 5% | ben@example.org | false",
      "raised | staging | 0% → 1% | ben@example.org | false",
      "drill | dev | rollback rehearsed: update 3 back to 2 | ann@example.org | false",
      "changed | production | stage created | ben@example.org | false",
      "raised | dev | 5% → 25% | ben@example.org | false",
      "raised | dev | 0% → 5% | ben@example.org | false",
      "changed | staging | stage created | ben@example.org | false",
      "changed | dev | stage created | ben@example.org | false",
    ]);
    expect(detail?.way.find(({ text }) => text === "5% → 0%")?.details).toEqual([
      "route voice-api.agent-enabled.agent goes",
      "rollback: done",
      "reason: errors since 02:10",
    ]);
  });

  it("has updates with what they did and what their config said otherwise", async () => {
    const { details } = await read();
    expect(details[0]?.updates[0]).toEqual({
      stage: "staging",
      number: 5,
      kind: "update",
      succeeded: true,
      at: new Date("2027-01-31T06:00:00Z"),
      took: 2_000,
      by: { name: "ann@example.org", source: "audit" },
      message: "sluice promote",
      effects: ["AGENT_ENABLED 0% -> 25%", "route voice-api.agent-enabled.agent appears"],
      differences: [{ path: "flags.AGENT_ENABLED", before: "0", after: "25" }],
      from: 0,
      to: 25,
    });
  });

  it("offers the rollback of each stage with its very command, or says why there is none", async () => {
    const { details } = await read();
    expect(details[0]?.stages.map(({ rollback }) => rollback)).toEqual([
      {
        kind: "ready",
        command: "npx sluice rollback --stage dev --flag AGENT_ENABLED",
        to: { number: 3, at: new Date("2027-01-28T18:00:00Z"), message: "" },
        effects: ["AGENT_ENABLED 100% -> 25%"],
        obstacles: [],
      },
      {
        kind: "ready",
        command: "npx sluice rollback --stage staging --flag AGENT_ENABLED",
        to: { number: 4, at: new Date("2027-01-30T11:00:00Z"), message: "rollback of AGENT_ENABLED to update 1" },
        effects: ["AGENT_ENABLED 25% -> 0%", "route voice-api.agent-enabled.agent goes"],
        obstacles: [],
      },
      { kind: "none", reason: "There is no earlier word on AGENT_ENABLED to go back to: every update before said the same of it." },
    ]);
  });

  it("has what the gates say of the next step, and rehearsed rollbacks", async () => {
    const { details } = await read();
    const next = details[0]?.stages[1]?.status?.next;
    expect(next?.kind === "refused" ? next.verdicts.map(({ gate, refusal }) => [gate, refusal === null]) : next).toEqual([
      ["expiry", true],
      ["order", true],
      ["soak", false],
      ["review", false],
    ]);
    expect(details[0]?.drills).toEqual([
      {
        stage: "dev",
        at: new Date("2027-01-30T06:00:00Z"),
        by: "ann@example.org",
        passed: true,
        why: [],
        from: 3,
        to: 2,
        lastOld: 1.42,
        requests: 2_400,
        lost: 0,
      },
    ]);
  });
});

describe("what a board cannot read", () => {
  it("is a history that is no history: the rest is shown, and the status says why", async () => {
    await writeFile(join(root, ".state", ".pulumi", "history", "sluice", "dev", "dev-2.history.json"), "{not json");
    const { status, details, rows, lacks } = await read();
    expect(status?.stages["dev"]?.faults.map(({ text }) => text.replaceAll(root, "<root>"))).toEqual([
      expect.stringMatching(/^<root>\/\.state\/\.pulumi\/history\/sluice\/dev\/dev-2\.history\.json is no JSON/),
    ]);
    expect(status?.stages["dev"]?.flags[AGENT]?.exposure).toBe(100);
    expect(rows[0]?.exposures["dev"]).toEqual([]);
    expect(details[0]?.stages[0]?.rollback).toMatchObject({ kind: "none", reason: expect.stringContaining("dev-2.history.json is no JSON") });
    expect(details[0]?.updates.some(({ stage }) => stage === "staging")).toBe(true);
    expect(texts(lacks).filter((text) => text.includes("history"))).toEqual([]);
  });

  it("is a stage without a stack, which is no lack", async () => {
    await rm(join(root, ".state", ".pulumi", "history", "sluice", "production"), { recursive: true });
    await rm(join(root, ".state", ".pulumi", "stacks", "sluice", "production.json"));
    const { details, lacks } = await read();
    expect(details[0]?.stages[2]).toMatchObject({ deployed: false, status: { exposure: null }, exposures: [] });
    expect(details[0]?.stages[2]?.rollback).toEqual({ kind: "none", reason: "The stack production has no history yet. First: pulumi up --stack production" });
    expect(texts(lacks).filter((text) => text.includes("production"))).toEqual([]);
  });

  it("is a stage without its file", async () => {
    await rm(join(root, "Pulumi.staging.yaml"));
    const { status, details } = await read();
    expect(status?.stages["staging"]?.faults).toHaveLength(1);
    expect(details[0]?.stages[1]?.status?.exposure).toBe(25);
  });

  it("is a state that is no state", async () => {
    await writeCheckpoint(root, "dev", "[]");
    const { status, details } = await read();
    expect(status?.stages["dev"]?.deployed).toBeNull();
    expect(details[0]?.stages[0]?.exposures.at(-1)?.exposure).toBe(100);
  });

  it("is what was before the newest 200 updates of a stage", async () => {
    const settings = (exposure: number) => ({ local: localInput(5_000), flags: { [AGENT]: exposure } });
    const updates = Array.from({ length: 203 }, (_, index) => ({
      settings: settings(index % 2 === 0 ? 5 : 25),
      at: new Date(NOW.getTime() - (203 - index) * 60_000),
    }));
    await writeHistory(root, "dev", updates);
    const { lacks, details } = await read();
    expect(texts(lacks)).toEqual(["what dev was before its newest 200 updates cannot be read: it has 203; npx sluice history --stage dev has all"]);
    const told = details[0]?.updates.filter(({ stage }) => stage === "dev") ?? [];
    expect(told).toHaveLength(50);
    expect(told.at(-1)).toMatchObject({ number: 154, from: 5, to: 25, effects: ["AGENT_ENABLED 5% -> 25%"] });
  });

  it("is every state where its backend keeps no files", async () => {
    await writeFile(join(root, "Pulumi.yaml"), (await readFile(join(root, "Pulumi.yaml"), "utf8")).replace("file://./.state", "s3://a-bucket"));
    const { status, lacks, rows, details } = await read();
    expect(status).toBeNull();
    expect(texts(lacks)).toEqual([
      expect.stringMatching(/^the status of the stages cannot be read: The history of s3:\/\/a-bucket cannot be read: sluice reads the files of a file:/),
    ]);
    expect(rows.map(({ flag }) => flag)).toEqual([AGENT, "TRANSCRIPTS_ENABLED"]);
    expect(details[0]?.stages.map(({ status: own, metrics }) => [own, metrics])).toEqual(Array.from({ length: 3 }, () => [null, NONE]));
  });

  it("is a state that is lost, which is not as if nothing were deployed", async () => {
    await rm(join(root, ".state", ".pulumi", "stacks", "sluice", "staging.json"));
    const { status, details } = await read();
    expect(status?.stages["staging"]).toMatchObject({
      deployed: null,
      faults: [
        {
          text: "The state of staging is not there, but update 5 of its history succeeded, and no destroy came after it: it is lost. docs/state.md says how to put an earlier state back.",
        },
      ],
    });
    expect(details[0]?.stages[1]).toMatchObject({ deployed: null, status: { exposure: null, next: { kind: "unknown" } } });
    await writeCheckpoint(root, "staging", '{"checkpoint": {"latest": {"resources": []}}}');
    expect((await read()).status?.stages["staging"]?.faults.map(({ text }) => text.slice(0, 40))).toEqual(["The state of staging has nothing in it, "]);
  });

  it("is an update at no moment that there is", async () => {
    const path = join(root, ".state", ".pulumi", "history", "sluice", "dev", "dev-4.history.json");
    await writeFile(path, (await readFile(path, "utf8")).replace(/"endTime":\d+/, '"endTime":1000000000000000000'));
    const { status } = await read();
    expect(status?.stages["dev"]?.faults.map(({ text }) => text.replaceAll(root, "<root>"))).toEqual([
      "<root>/.state/.pulumi/history/sluice/dev/dev-4.history.json is no history entry; docs/state.md says what to do with an entry that cannot be read.",
    ]);
  });

  it("is a drill report that is none", async () => {
    await writeFile(join(root, "drills", "dev-2.json"), "{}");
    const { lacks, details } = await read();
    expect(texts(lacks)).toContain("the drill report drills/dev-2.json cannot be read: it is no report of a drill");
    expect(details[0]?.drills).toHaveLength(1);
  });

  it("is a catalogue that cannot be used: what is deployed is shown all the same", async () => {
    const path = join(root, "Pulumi.yaml");
    await writeFile(
      path,
      "name: sluice\nbackend: {url: 'file://./.state'}\nconfig: {'sluice:catalog': {value: {stages: [dev, staging, production], steps: [7]}}}\n",
    );
    const { status, details, rows } = await read();
    expect(status?.catalogFault).toMatch(/^The catalogue cannot be used/);
    expect(rows.map(({ flag }) => flag)).toContain(AGENT);
    expect(details[0]).toMatchObject({ definition: null, steps: [] });
  });

  it("is metrics that are silent, without what an address holds of a password", async () => {
    await writeBoardProject(root, NOW, { settings: { staging: { prometheus: "https://ann:geheim@prometheus.example" } } });
    const { lacks, details } = await read(({ metrics }) =>
      Promise.resolve(() =>
        Promise.resolve({ kind: "none", reason: metrics?.kind === "prometheus" ? `${metrics.address} answers with status 401` : "nobody looks" }),
      ),
    );
    expect(texts(lacks)).toEqual(["the metrics of staging cannot be read: https://prometheus.example answers with status 401"]);
    expect(JSON.stringify(details)).not.toContain("geheim");
  });

  it("does not wait for a Prometheus that does not answer", async () => {
    const silent = await startAnswering(() => undefined);
    try {
      await writeBoardProject(root, NOW, { settings: { staging: { prometheus: silent.url } } });
      const { lacks, details } = await read(readMetricsOnce());
      expect(texts(lacks)).toEqual(["the metrics of staging cannot be read: Prometheus gives no answer within 1500 ms"]);
      expect(details[0]?.stages[1]?.metrics).toEqual({ kind: "none", reason: "Prometheus gives no answer within 1500 ms" });
    } finally {
      await silent.stop();
    }
  });
});

describe("a large project", () => {
  beforeEach(async () => {
    await rm(root, { recursive: true });
    await mkdir(root);
  });

  it("has the metrics and the rollback of each of its flags: what is worked out holds up no answer", async () => {
    const lines = ["traefik_config_reloads_total 3"];
    for (const variant of ["base", "FLAG_0"])
      for (const [metric, value] of [
        ["requests_total", 40],
        ["request_duration_seconds_sum", 4],
        ["request_duration_seconds_count", 40],
      ] as const)
        lines.push(`traefik_service_${metric}{code="200",service="service-0--${variant}@file"} ${value}`);
    const traefik = await startAnswering((_request, response) => response.end(`${lines.join("\n")}\n`));
    try {
      await writeLargeProject(root, { flags: 200, services: 40, updates: 20 }, NOW, Number(new URL(traefik.url).port));
      const { details, lacks } = await readBoard(root, "all", NOW, readMetricsOnce());
      expect(lacks).toEqual([]);
      const stages = details.flatMap((detail) => detail.stages);
      expect(stages).toHaveLength(600);
      expect(stages.filter(({ metrics }) => metrics.kind !== "read")).toEqual([]);
      // Nothing was said of the first twenty before they came.
      expect(stages.filter(({ rollback }) => rollback.kind === "ready")).toHaveLength(570);
    } finally {
      await traefik.stop();
    }
  });

  it("is read once for the rollbacks of all flags", async () => {
    await writeLargeProject(root, { flags: 12, services: 4, updates: 3 }, NOW, 5_001);
    const offer = await offeringRollbacks(await readProject(root), "dev");
    await rm(root, { recursive: true });
    expect(offer("FLAG_7")).toMatchObject({ kind: "ready", to: { number: 1 }, effects: ["FLAG_7 100% -> 0%"] });
    expect(offer("FLAG_77")).toMatchObject({ kind: "none", reason: expect.stringMatching(/^There is no flag FLAG_77;/) });
  });
});

describe("a secret", () => {
  it.each([
    ["in plain text, which is a fault", { testerSecret: SECRETS[0], webhook: SECRETS[1] }],
    ["in a reason", { overrides: { [AGENT]: `see ${SECRETS[1] ?? ""}` } }],
    ["in the message of an update", { flags: { [AGENT]: 25 } }, `see ${SECRETS[1] ?? ""}`],
    ["in an error of the file", { local: { host: SECRETS[1] } }],
    ["that is encrypted", { testerSecret: { secure: SECRETS[0] }, webhook: { secure: SECRETS[1] } }],
  ])("%s is nowhere in a board", async (_how, dev, message = "") => {
    await writeBoardProject(root, NOW, { settings: { dev } });
    if (message !== "") {
      const settings = (exposure: number) => ({ local: localInput(5_000), flags: { [AGENT]: exposure } });
      const at = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);
      await writeHistory(root, "dev", [
        { settings: settings(25), at: at(3), message },
        { settings: settings(100), at: at(2), message },
      ]);
      await writeFile(
        join(root, "drills", "dev-1.json"),
        (await readFile(join(root, "drills", "dev-1.json"), "utf8")).replace('"why":[]', `"why":[${JSON.stringify(message)}]`),
      );
    }
    const board = await read();
    expect(board.details[0]?.stages[0]?.status?.exposure).toBe(100);
    for (const secret of SECRETS) expect(JSON.stringify(board)).not.toContain(secret);
  });
});

describe("the fingerprint of the state", () => {
  it("stays while nothing changes", async () => {
    expect(await fingerprintState(root)).toBe(await fingerprintState(root));
  });

  it.each<readonly [string, () => Promise<unknown>]>([
    ["a stage's state", () => writeCheckpoint(root, "dev", "{}")],
    ["a stage's file", () => writeStackFile(root, "dev", { flags: { [AGENT]: 50 } })],
    ["the project's file", () => writeFile(join(root, "Pulumi.yaml"), "name: sluice\n")],
    ["a history", () => writeFile(join(root, ".state", ".pulumi", "history", "sluice", "dev", "dev-9.history.json"), "{}")],
    ["a history that is mended where it is", () => writeFile(join(root, ".state", ".pulumi", "history", "sluice", "dev", "dev-1.history.json"), "{ }")],
    ["an audit", () => writeFile(join(root, ".state", ".sluice-audit", "sluice", "dev.jsonl"), "")],
    ["the drill reports", () => rm(join(root, "drills"), { recursive: true })],
  ])("is another one after a change of %s", async (_what, change) => {
    const before = await fingerprintState(root);
    await change();
    expect(await fingerprintState(root)).not.toBe(before);
  });

  it("is one of a folder without a project too", async () => {
    expect(await fingerprintState(join(root, "nowhere"))).toMatch(/^[0-9a-f]{64}$/);
  });
});
