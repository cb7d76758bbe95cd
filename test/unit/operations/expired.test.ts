import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { renderSpentFlags } from "../../../src/cli/actions/expired.ts";
import { findRemnants } from "../../../src/operations/expiry/find-remnants.ts";
import { findSpentFlags, type Reason } from "../../../src/operations/expiry/find-spent-flags.ts";
import { readSpentFlags } from "../../../src/operations/expiry/read-spent-flags.ts";
import type { Moment } from "../../../src/operations/expiry/timeline.ts";
import { catalogInput, localInput, modelFrom } from "../../support/model.ts";
import { runSluice } from "../../support/run-sluice.ts";

const DAY = 86_400_000;
const MONTH = { within: 30 * DAY, long: 30 * DAY };
const NOW = new Date("2027-01-31T12:00:00Z");
const { catalog } = modelFrom({}, { ...catalogInput(), stages: ["dev", "production"], flags: { AGENT_ENABLED: catalogInput().flags["AGENT_ENABLED"] } });

/** A moment so many days ago. */
function moment(daysAgo: number, changes: { exposure?: number; testers?: boolean; killed?: boolean } | null): Moment {
  const exposure = { exposure: 0, testers: false, settled: false, killed: false, ...changes };
  return { at: new Date(NOW.getTime() - daysAgo * DAY), exposures: new Map(changes === null ? [] : [["AGENT_ENABLED", exposure]]) };
}

const reasons = (dev: readonly Moment[], production: readonly Moment[] = [], patience = MONTH): readonly Reason[] =>
  findSpentFlags(catalog, { dev, production }, NOW, patience)[0]?.reasons ?? [];
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * DAY);

describe("a date", () => {
  const at = (now: string): readonly Reason[] => findSpentFlags(catalog, {}, new Date(now), MONTH)[0]?.reasons ?? [];
  it.each([
    ["far away", "2027-05-31T23:59:59Z", []],
    ["thirty days away", "2027-06-01T00:00:00Z", [{ kind: "expires", on: "2027-06-30", days: 30 }]],
    ["in its last second", "2027-06-30T23:59:59Z", [{ kind: "expires", on: "2027-06-30", days: 1 }]],
    ["past", "2027-07-01T00:00:00Z", [{ kind: "expired", on: "2027-06-30" }]],
  ])("%s", (_case, now, expected) => {
    expect(at(now)).toEqual(expected);
  });
});

describe("a flag that is on everywhere", () => {
  it("for long is named, from when the last stage had it", () => {
    expect(reasons([moment(90, { exposure: 100 })], [moment(60, { exposure: 25 }), moment(40, { exposure: 100 }), moment(2, { exposure: 100 })])).toEqual([
      { kind: "everywhere", since: daysAgo(40) },
    ]);
  });
  it.each([
    ["for less", [moment(29, { exposure: 100 })], [moment(90, { exposure: 100 })]],
    ["not without a break", [moment(90, { exposure: 100 }), moment(20, { exposure: 0 }), moment(10, { exposure: 100 })], [moment(90, { exposure: 100 })]],
    ["not in a stage that was never deployed", [moment(90, { exposure: 100 })], []],
    ["not in a stage that was destroyed", [moment(90, { exposure: 100 })], [moment(80, { exposure: 100 }), moment(40, null)]],
  ])("%s is not named", (_case, dev, production) => {
    expect(reasons(dev, production)).toEqual([]);
  });
});

describe("a flag that no one ever had", () => {
  it("is named once it has been there for long", () => {
    expect(reasons([moment(45, {}), moment(1, {})], [moment(35, {})])).toEqual([{ kind: "never", since: daysAgo(45) }]);
  });
  it.each([
    ["is new", [moment(29, {})]],
    ["was on once", [moment(60, {}), moment(50, { exposure: 1 }), moment(40, {})]],
    ["is with testers", [moment(60, { testers: true })]],
    ["is in no stage yet", [moment(60, null)]],
  ])("is not named where it %s", (_case, dev) => {
    expect(reasons(dev)).toEqual([]);
  });
});

describe("a killed flag", () => {
  it("is named after long", () => {
    expect(reasons([moment(60, { exposure: 25 }), moment(31, { killed: true }), moment(3, { killed: true })])).toEqual([
      { kind: "killed", stage: "dev", since: daysAgo(31) },
    ]);
  });
  it("is not named before, or once it is revived", () => {
    expect(reasons([moment(60, { exposure: 25 }), moment(29, { killed: true })])).toEqual([]);
    expect(reasons([moment(60, { exposure: 25 }), moment(50, { killed: true }), moment(1, { exposure: 25 })])).toEqual([]);
  });
});

describe("what is left of a flag", () => {
  const full = modelFrom({}).catalog;
  const remnants = findRemnants(
    full,
    {
      dev: { flags: { AGENT_ENABLED: true, OTHER: 1 }, kill: { AGENT_ENABLED: ["agent"] }, target: "local" },
      staging: { flags: "not a record" },
      production: { overrides: { AGENT_ENABLED: "pilot customer" }, approvals: { AGENT_ENABLED: {} }, differs: { "flags.AGENT_ENABLED.testers": "pilot" } },
    },
    "AGENT_ENABLED",
  );

  it("is in the catalogue, the stages and the code", () => {
    expect(remnants).toEqual({
      config: [
        { file: "Pulumi.yaml", paths: ["catalog.flags.AGENT_ENABLED", "catalog.flags.TRANSCRIPTS_ENABLED.requires: AGENT_ENABLED"] },
        { file: "Pulumi.dev.yaml", paths: ["flags.AGENT_ENABLED", "kill.AGENT_ENABLED"] },
        { file: "Pulumi.production.yaml", paths: ["overrides.AGENT_ENABLED", "approvals.AGENT_ENABLED", "differs: flags.AGENT_ENABLED.testers"] },
      ],
      services: [
        { service: "voice-api", reads: "the environment variable AGENT_ENABLED" },
        { service: "billing-api", reads: "the request header X-Flag-AGENT-ENABLED" },
      ],
      routes: [{ route: "agent", rule: "PathPrefix(`/agent`)", service: "voice-api" }],
    });
  });

  it("is told with what to do", () => {
    const text = renderSpentFlags({ flags: [{ flag: "AGENT_ENABLED", reasons: [{ kind: "everywhere", since: daysAgo(40) }], remnants }], notes: [] });
    expect(text).toContain(
      [
        ": on for everyone in every stage since 2026-12-22",
        "  keep the code as it runs with the flag on, and remove the flag:",
        "  Pulumi.yaml: catalog.flags.AGENT_ENABLED, catalog.flags.TRANSCRIPTS_ENABLED.requires: AGENT_ENABLED",
        "  Pulumi.dev.yaml: flags.AGENT_ENABLED, kill.AGENT_ENABLED",
      ].join("\n"),
    );
    expect(text).toContain("  route agent ends with it; to keep it, take PathPrefix(`/agent`) into the rule of voice-api first");
  });
});

describe("sluice expired", () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-expired-"));
    const write = (file: string, value: unknown): Promise<void> => writeFile(join(root, file), stringify(value));
    const flags = { AGENT_ENABLED: { ...catalogInput().flags["AGENT_ENABLED"], expires: "9999-12-31" } };
    const value = { ...catalogInput(), stages: ["dev"], flags };
    const local = localInput();
    await write("Pulumi.yaml", { name: "sluice", backend: { url: "file://./.state" }, config: { "sluice:catalog": { value } } });
    await write("Pulumi.dev.yaml", { config: { "sluice:flags": { AGENT_ENABLED: true }, "sluice:local": local } });
    const folder = join(root, ".state", ".pulumi", "history", "sluice", "dev");
    await mkdir(folder, { recursive: true });
    const update = (day: string, config: object, result = "succeeded"): Promise<void> => {
      const seconds = Date.parse(day) / 1000;
      const entry = { kind: "update", result, endTime: seconds, config: { "sluice:catalog": value, "sluice:local": local, ...config } };
      return writeFile(join(folder, `dev-${seconds}000000000.history.json`), JSON.stringify(entry));
    };
    await update("2025-11-01", {});
    await update("2025-12-01", { "sluice:flags": { AGENT_ENABLED: true } });
    await update("2026-01-20", { "sluice:flags": { AGENT_ENABLED: 25 } }, "failed");
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it("knows since when from the update that last changed it", async () => {
    const { flags, notes } = await readSpentFlags(root, NOW, MONTH);
    expect(notes).toEqual([]);
    expect(flags.map(({ flag, reasons: found }) => ({ flag, found }))).toEqual([
      { flag: "AGENT_ENABLED", found: [{ kind: "everywhere", since: new Date("2025-12-01") }] },
    ]);
  });

  it.each([
    [["--for", "0s", "--check"], 3],
    [["--for", "0s"], 0],
    [["--for", "999999d", "--check"], 0],
  ])("%j ends with code %i", async (options, code) => {
    const run = await runSluice(["-C", root, "expired", "--json", ...options]);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code, stderr: "" });
    expect(JSON.parse(run.stdout).flags).toHaveLength(options.includes("0s") ? 1 : 0);
  });

  it("takes no other spans", async () => {
    const { code, stderr } = await runSluice(["-C", root, "expired", "--within", "soon"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "--within soon is no span of time, such as 30d or 12h." });
  });
});
