import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { renderFlag } from "../../../src/cli/status/flag.ts";
import { renderStatus } from "../../../src/cli/status/table.ts";
import { troublesOf } from "../../../src/cli/status/troubles.ts";
import { readStatus, type StageStatus } from "../../../src/operations/status/read-status.ts";
import { draft } from "../../support/audit.ts";
import { catalogInput, localInput } from "../../support/model.ts";
import { runSluice } from "../../support/run-sluice.ts";
import { writeAudit, writeCheckpoint, writeHistory, writeProject, writeRecord, writeStackFile } from "../../support/written-state.ts";

const NOW = new Date("2027-01-31T12:00:00Z");
const AGENT = "AGENT_ENABLED";
const before = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
const STAGES = ["dev", "staging", "production"];

/** dev soaks, staging is in part, production is off. */
async function writeStages(root: string): Promise<void> {
  const input = catalogInput();
  const catalog = { ...input, flags: { ...input.flags, [AGENT]: { ...input.flags[AGENT], soak: "1d", review: true } } };
  await writeProject(root, catalog);
  const exposures = { dev: 100, staging: 25, production: 0 };
  for (const [stage, exposure] of Object.entries(exposures)) {
    const local = localInput(5_000 + STAGES.indexOf(stage) * 2_000);
    const settings = { flags: { [AGENT]: exposure }, local };
    await writeStackFile(root, stage, settings);
    await writeHistory(
      root,
      stage,
      [
        { settings: { local }, at: before(300), author: "ben" },
        { settings, at: before(125) },
      ],
      catalog,
    );
    await writeRecord(root, stage, { [AGENT]: exposure, TRANSCRIPTS_ENABLED: 0 }, { [AGENT]: before(125).toISOString() });
  }
  await writeAudit(root, "dev", [draft({ at: before(125), subject: AGENT, update: 2 })]);
}

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-status-"));
  await writeStages(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Tests run without a terminal, so there are no colours; the folder differs each time. */
const rendered = async (): Promise<string> => renderStatus(await readStatus(root, NOW)).replaceAll(root, "<root>");

describe("sluice status", () => {
  it("is a table of flags and stages that fits 100 columns", async () => {
    const text = await rendered();
    expect(text).toMatchInlineSnapshot(`
      "┌─────────────────────┬────────────────────────┬────────────────────────┬────────────────────────┐
      │ flag                │ dev                    │ staging                │ production             │
      ├─────────────────────┼────────────────────────┼────────────────────────┼────────────────────────┤
      │ AGENT_ENABLED       │ on since 2h 5m         │ 25% since 2h 5m        │ off since 2h 5m        │
      │                     │ #2 ann                 │ #2                     │ next 1%: staging       │
      │                     │ soak 21h 55m left      │ next 50%: dev soaks    │ first, approval first  │
      │                     │                        │ 21h 55m, approval      │                        │
      │                     │                        │ first                  │                        │
      ├─────────────────────┼────────────────────────┼────────────────────────┼────────────────────────┤
      │ TRANSCRIPTS_ENABLED │ off                    │ off                    │ off                    │
      │                     │ next 1%: allowed       │ next 1%: dev first     │ next 1%: staging       │
      │                     │                        │                        │ first, prerequisite    │
      │                     │                        │                        │ first                  │
      └─────────────────────┴────────────────────────┴────────────────────────┴────────────────────────┘
      dev: no Traefik answers at http://127.0.0.1:5001
      staging: no Traefik answers at http://127.0.0.1:7001
      production: no Traefik answers at http://127.0.0.1:9001"
    `);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("gives one flag in full, with the facts of each gate", async () => {
    expect(renderFlag(AGENT, await readStatus(root, NOW))).toMatchInlineSnapshot(`
      "AGENT_ENABLED: Answer calls with the agent (owner voice, expires 2027-06-30)

      dev: on for 2h 5m, since 2027-01-31 09:55:00Z
        in update 2 by ann@example.org, 2027-01-31 09:55:00Z
        soak of 1d: 21h 55m left, until 2027-02-01 09:55:00Z, then open to staging, and settling it here
        next: there is no further step
        no Traefik answers at http://127.0.0.1:5001

      staging: 25% for 2h 5m, since 2027-01-31 09:55:00Z
        in update 2, 2027-01-31 09:55:00Z
        next: 50%, refused
          open expiry: expires on 2027-06-30
          open order: dev has it fully on
          shut soak: dev has it fully on since 2027-01-31 09:55:00Z, and its soak of 1d is over at 2027-02-01 09:55:00Z
               wait
               or give a reason: npx pulumi config set --stack staging --path 'overrides.AGENT_ENABLED' "why"
          shut review: nobody has approved it
               a reviewer runs: npx sluice approve AGENT_ENABLED --stage staging --to 50
               or give a reason: npx pulumi config set --stack staging --path 'overrides.AGENT_ENABLED' "why"
        no Traefik answers at http://127.0.0.1:7001

      production: off for 2h 5m, since 2027-01-31 09:55:00Z
        next: 1%, refused
          open expiry: expires on 2027-06-30
          shut order: staging has it at 25 per cent
               first: npx pulumi config set --stack staging --path 'flags.AGENT_ENABLED' true && npx pulumi up --stack staging
               or give a reason: npx pulumi config set --stack production --path 'overrides.AGENT_ENABLED' "why"
          shut review: nobody has approved it
               a reviewer runs: npx sluice approve AGENT_ENABLED --stage production --to 1
               or give a reason: npx pulumi config set --stack production --path 'overrides.AGENT_ENABLED' "why"
        no Traefik answers at http://127.0.0.1:9001"
    `);
  });

  it("shows the faults of a stage that cannot be read beside the other stages", async () => {
    await writeCheckpoint(root, "dev", "{");
    await writeStackFile(root, "production", { flags: { [AGENT]: 30 }, local: localInput(9_000) });
    expect(await rendered()).toMatchInlineSnapshot(`
      "┌─────────────────────┬────────────────────────┬────────────────────────┬────────────────────────┐
      │ flag                │ dev                    │ staging                │ production             │
      ├─────────────────────┼────────────────────────┼────────────────────────┼────────────────────────┤
      │ AGENT_ENABLED       │ unreadable             │ 25% since 2h 5m        │ off since 2h 5m        │
      │                     │ #2 ann                 │ #2                     │ next: unknown          │
      │                     │ next: unknown          │ next: unknown          │                        │
      ├─────────────────────┼────────────────────────┼────────────────────────┼────────────────────────┤
      │ TRANSCRIPTS_ENABLED │ unreadable             │ off                    │ off                    │
      │                     │ next: unknown          │ next: unknown          │ next: unknown          │
      └─────────────────────┴────────────────────────┴────────────────────────┴────────────────────────┘
      dev: <root>/.state/.pulumi/stacks/sluice/dev.json is no JSON (Expected property name or '}' in JSON at position 1 (line 1 column 2)); docs/state.md says how to put an earlier state back.
      staging: no Traefik answers at http://127.0.0.1:7001
      production: The config of production cannot be used (1 fault; nothing was changed)

      flags.AGENT_ENABLED: has exposure 30, which is no step
        allowed: 0, 1, 5, 25, 50, 100
        way out: npx pulumi config set --stack production --path 'flags.AGENT_ENABLED' 25
      production: no Traefik answers at http://127.0.0.1:9001"
    `);
  });

  it("tells a fault of the catalogue once, and still what runs", async () => {
    await writeProject(root, { ...catalogInput(), steps: [50, 25] });
    const status = await readStatus(root, NOW);
    expect(status.catalogFault).toContain("catalog.steps");
    expect(Object.values(status.stages).map(({ faults, flags }) => [faults.length, flags[AGENT]?.exposure, flags[AGENT]?.next])).toEqual(
      [100, 25, 0].map((exposure) => [0, exposure, { kind: "unknown", reason: "the catalogue cannot be used" }]),
    );
  });

  it("tells a fault of a freeze where the freeze holds", async () => {
    const freezes = [{ name: "holidays", stages: ["production"], timeZone: "UTC", holidays: { country: "XX" } }];
    await writeProject(root, { ...catalogInput(), freezes });
    const { stages } = await readStatus(root, NOW);
    expect(stages["dev"]?.faults).toEqual([]);
    expect(stages["production"]?.faults).toMatchObject([{ failure: "config", text: expect.stringContaining("is XX, for which no calendar is known") }]);
    expect(stages["production"]?.flags[AGENT]?.next).toEqual({ kind: "unknown", reason: "a freeze cannot be used" });
  });

  it("shows a kill that stands, also where the stack file cannot be read", async () => {
    await mkdir(join(root, ".sluice", "staging"), { recursive: true });
    const kills = [{ subject: AGENT, flags: [AGENT, "TRANSCRIPTS_ENABLED"], routes: [] }];
    await writeFile(join(root, ".sluice", "staging", "kills.json"), JSON.stringify({ kills }));
    await writeFile(join(root, "Pulumi.staging.yaml"), "config: [");
    const { stages } = await readStatus(root, NOW);
    expect(stages["staging"]?.flags[AGENT]).toMatchObject({ exposure: 25, kill: { by: "standing", subject: AGENT }, next: { kind: "killed", subject: AGENT } });
    expect(stages["staging"]?.faults).toHaveLength(1);
  });

  it.each([
    [["status", "--flag", "AGENT_ENABLD"], 2, "There is no flag AGENT_ENABLD; there is AGENT_ENABLED, TRANSCRIPTS_ENABLED. Did you mean AGENT_ENABLED?"],
    [["status"], 0, ""],
  ])("ends %j with %i", async (args, code, stderr) => {
    expect(await runSluice(["-C", root, ...args])).toMatchObject({ code, stderr });
  });

  it("says where a backend has no files to read", async () => {
    const { code, stderr } = await runSluice(["-C", root, "status"], { PULUMI_BACKEND_URL: "s3://bucket" });
    expect(code).toBe(5);
    expect(stderr).toContain("The history of s3://bucket cannot be read");
  });

  it("gives one JSON document of a single flag, and the exit code of a fault", async () => {
    await writeCheckpoint(root, "dev", "{");
    const { code, stdout } = await runSluice(["-C", root, "status", "--flag", AGENT, "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      flags: [AGENT],
      stages: { dev: { deployed: null }, staging: { deployed: true, flags: { [AGENT]: { exposure: 25 } } } },
    });
  });
});

describe("what is wrong with a stage", () => {
  const fine: StageStatus = {
    deployed: true,
    flags: {},
    faults: [],
    auditWarning: null,
    halfDone: null,
    drift: [],
    locks: [],
    standingKills: [],
    traefik: { url: "http://127.0.0.1:8101", reachable: true },
  };
  const kill = { subject: AGENT, flags: [AGENT], routes: [] };
  const drift = [
    { name: "traefik.yaml", path: "/s/traefik.yaml", state: "differs" as const },
    { name: "a.env", path: "/s/a.env", state: "missing" as const },
  ];
  it.each<readonly [string, Partial<StageStatus>, readonly string[]]>([
    ["is nothing, mostly", {}, []],
    [
      "is a kill that no update has taken up",
      { standingKills: [kill] },
      [`${AGENT} is killed, and no update has taken that up yet: npx sluice kill ${AGENT} --stage dev --reason "take it up"`],
    ],
    ["is an update that ended half-way", { halfDone: 7 }, ["update 7 failed half-way: npx pulumi up --stack dev, or npx sluice rollback --stage dev"]],
    [
      "is drift",
      { drift },
      ["drift: traefik.yaml is not as deployed (/s/traefik.yaml), a.env is missing (/s/a.env); put it right: npx pulumi up --stack dev --refresh"],
    ],
    [
      "is a container of an update that was killed",
      { drift: [{ name: "dev-a-1", path: "container dev-a-1", state: "stray" as const }] },
      ["in no state, though made for this stage: dev-a-1; unless another folder deploys it: docker rm --force dev-a-1, then npx pulumi up --stack dev"],
    ],
    [
      "is drift that a kill has made",
      { drift: drift.slice(0, 1), standingKills: [kill] },
      [
        `${AGENT} is killed, and no update has taken that up yet: npx sluice kill ${AGENT} --stage dev --reason "take it up"`,
        "drift, of which the kill may be the reason: traefik.yaml is not as deployed (/s/traefik.yaml)",
      ],
    ],
    ["is an update under way", { locks: [{ who: "ann@host, process 7", dead: false }] }, ["an update is under way (ann@host, process 7)"]],
    [
      "is the lock of one that was killed",
      { locks: [{ who: "ann@host, process 7", dead: true }] },
      ["locked by an update that was killed (ann@host, process 7): npx pulumi cancel --stack dev"],
    ],
    ["is no Traefik", { traefik: { url: "http://127.0.0.1:8101", reachable: false } }, ["no Traefik answers at http://127.0.0.1:8101"]],
    ["is not a Traefik that nothing was deployed for", { deployed: false, traefik: { url: "http://127.0.0.1:8101", reachable: false } }, []],
    ["never steers the terminal", { faults: [{ failure: "engine", text: "a\u001b[2Jb\nc" }] }, ["a·[2Jb\nc"]],
  ])("%s", (_case, changes, expected) => {
    expect(troublesOf("dev", { ...fine, ...changes }).map(({ text }) => text)).toEqual(expected);
  });
});
