import { describe, expect, it } from "vitest";
import { cellLines } from "../../../../src/cli/status/cell.ts";
import type { Update } from "../../../../src/operations/history.ts";
import { flagStatuses } from "../../../../src/operations/status/flag-status.ts";
import type { Gates } from "../../../../src/operations/status/next-step.ts";
import type { StageFacts } from "../../../../src/operations/status/stage-facts.ts";
import type { GateFacts } from "../../../../src/plan/gate.ts";
import { chain, draft } from "../../../support/audit.ts";
import { catalogInput, modelFrom } from "../../../support/model.ts";
import { recordOf, stageFacts } from "../../../support/stage-facts.ts";

const NOW = new Date("2027-01-31T12:00:00Z");
const TWO_HOURS_AGO = "2027-01-31T10:00:00.000Z";
const LONG_AGO = "2026-01-01T00:00:00.000Z";
const [AGENT, TRANSCRIPTS] = ["AGENT_ENABLED", "TRANSCRIPTS_ENABLED"];
const SECRET = { testerSecret: "0123456789abcdef" };
const WEEKEND = { name: "weekend", timeZone: "UTC", weekly: { from: "sat 00:00", to: "mon 00:00" } };

interface Case {
  readonly flag?: string;
  /** Per cent as recorded, 25 when left out; null where the stage is not deployed. */
  readonly exposure?: number | null;
  /** What was deployed; the recorded exposure when left out. */
  readonly applied?: Record<string, unknown>;
  /** What the stack file says, where that is something else. */
  readonly file?: Record<string, unknown>;
  /** What the catalogue says of the flag besides. */
  readonly policy?: Record<string, unknown>;
  /** What the catalogue says besides. */
  readonly rest?: Record<string, unknown>;
  readonly gates?: Partial<GateFacts>;
  readonly facts?: Partial<StageFacts>;
  /** Why the gates cannot be asked. */
  readonly unknown?: string;
  readonly change?: Update;
}

/** The lines of a flag's cell in staging. */
function linesOf({ flag = AGENT, exposure = 25, file, policy, rest, gates, facts, unknown, change, ...given }: Case): string[] {
  const applied = given.applied ?? (exposure === null ? {} : { flags: { [AGENT]: exposure } });
  const input = catalogInput();
  const catalog = { ...input, ...rest, flags: { ...input.flags, [flag]: { ...input.flags[flag], ...policy } } };
  const record = exposure === null ? null : recordOf({ [flag]: exposure }, TWO_HOURS_AGO);
  const own = stageFacts({
    record,
    applied: exposure === null ? null : modelFrom(applied, catalog, "staging"),
    model: modelFrom(file ?? applied, catalog, "staging"),
    ...facts,
  });
  const previous = recordOf({ [flag]: 100 }, LONG_AGO);
  const known: Gates = { known: true, facts: { now: NOW, current: record, previous, freeze: null, drills: {}, rehearsed: {}, actor: "ann", ...gates } };
  const changes = new Map(change === undefined ? [] : [[flag, change]]);
  const statuses = flagStatuses([flag], own.model?.catalog ?? null, own, unknown === undefined ? known : { known: false, reason: unknown }, changes, NOW);
  const status = statuses[flag];
  const deployed = own.stateKnown ? own.record !== null : null;
  return status === undefined ? [] : cellLines(flag, status, { deployed, previous: "dev", now: NOW, width: 24 }).map(({ text }) => text);
}

describe("the next step of a flag at 25 per cent", () => {
  it.each<readonly [string, Case, string]>([
    ["is open", {}, "next 50%: allowed"],
    ["is refused by the order", { gates: { previous: recordOf({ [AGENT]: 50 }, LONG_AGO) } }, "next 50%: dev first"],
    ["is refused where the stage before is not deployed", { gates: { previous: null } }, "next 50%: dev first"],
    ["waits for a soak", { policy: { soak: "1d" }, gates: { previous: recordOf({ [AGENT]: 100 }, TWO_HOURS_AGO) } }, "next 50%: dev soaks 22h"],
    [
      "waits for a soak that has not begun",
      { policy: { soak: "1d" }, gates: { previous: { ...recordOf({ [AGENT]: 100 }, ""), since: {} } } },
      "next 50%: dev soaks",
    ],
    ["is too late", { policy: { expires: "2027-01-30" } }, "next 50%: expired"],
    [
      "waits for a freeze",
      { rest: { freezes: [WEEKEND] }, gates: { freeze: { name: "weekend", until: new Date("2027-02-01T00:00:00Z") } } },
      "next 50%: frozen 12h",
    ],
    ["waits for a freeze without an end", { rest: { freezes: [WEEKEND] }, gates: { freeze: { name: "weekend", until: null } } }, "next 50%: frozen"],
    ["wants a drill", { policy: { drill: "30d" } }, "next 50%: drill first"],
    ["wants a reviewer", { policy: { review: true } }, "next 50%: approval first"],
    ["wants its prerequisite", { flag: TRANSCRIPTS, applied: { flags: { [AGENT]: 25, [TRANSCRIPTS]: 25 } } }, "next 50%: prerequisite first"],
    ["is refused by several", { policy: { review: true, drill: "30d" }, gates: { previous: null } }, "next 50%: dev first, drill first, approval first"],
    [
      "goes ahead with a reason",
      { applied: { flags: { [AGENT]: 25 }, overrides: { [AGENT]: "pilot customer waits" } }, gates: { previous: null } },
      "next 50%: overridden",
    ],
    ["cannot be said", { unknown: "the state of dev cannot be read" }, "next: unknown"],
  ])("%s", (_case, given, next) => {
    expect(linesOf(given)).toEqual(["25% since 2h", next]);
  });
});

describe("a flag", () => {
  const killed = { flags: { [AGENT]: 25, [TRANSCRIPTS]: 5 }, kill: { [AGENT]: true } };
  const standing = { subject: AGENT, flags: [AGENT, TRANSCRIPTS], routes: [] };
  it.each<readonly [string, Case, readonly string[]]>([
    ["is off", { exposure: 0 }, ["off since 2h", "next 1%: allowed"]],
    ["is on for everyone", { exposure: 100 }, ["on since 2h"]],
    ["is on for testers", { exposure: 0, applied: { flags: { [AGENT]: { testers: true } }, ...SECRET } }, ["off testers since 2h", "next 1%: allowed"]],
    ["is settled", { exposure: 100, facts: { record: recordOf({ [AGENT]: 100 }, TWO_HOURS_AGO, [AGENT]) } }, ["on settled since 2h"]],
    ["soaks", { exposure: 100, policy: { soak: "1d" } }, ["on since 2h", "soak 22h left"]],
    ["has soaked", { exposure: 100, policy: { soak: "1h" } }, ["on since 2h"]],
    [
      "soaks since no one knows when",
      { exposure: 100, policy: { soak: "1d" }, facts: { record: { ...recordOf({ [AGENT]: 100 }, ""), since: {} } } },
      ["on", "soak unknown"],
    ],
    ["is killed by the config", { exposure: 0, applied: killed }, ["killed since 2h", "next: revive first"]],
    ["is killed with its prerequisite", { flag: TRANSCRIPTS, exposure: 0, applied: killed }, ["killed since 2h", `with ${AGENT}`, "next: revive first"]],
    [
      "is killed, and no update has taken it up yet",
      { file: { flags: { [AGENT]: 25 }, kill: { [AGENT]: true } }, facts: { standing: [standing] } },
      ["killed", "the state says 25%", "not applied: off killed (asks for 25%)", "next: revive first"],
    ],
    [
      "is killed in the file alone",
      { file: { flags: { [AGENT]: 25 }, kill: { [AGENT]: true } } },
      ["25% since 2h", "not applied: off killed (asks for 25%)", "next: revive first"],
    ],
    [
      "lacks a route by the config",
      { applied: { flags: { [AGENT]: 25 }, kill: { [AGENT]: ["agent"] } } },
      ["25% since 2h", "without agent", "next 50%: allowed"],
    ],
    [
      "lacks a route by a kill that stands",
      { facts: { standing: [{ subject: `${AGENT}/agent`, flags: [], routes: [`${AGENT}/agent`] }] } },
      ["25% since 2h", "without agent", "next 50%: allowed"],
    ],
    ["is further on in the file", { file: { flags: { [AGENT]: 100 } } }, ["25% since 2h", "not applied: on", "next 50%: allowed"]],
    ["is in a stage that was never deployed", { exposure: null }, ["not deployed", "next 1%: allowed"]],
    [
      "is wanted in a stage that was never deployed",
      { exposure: null, file: { flags: { [AGENT]: 5 } } },
      ["not deployed", "not applied: 5%", "next 1%: allowed"],
    ],
    [
      "is in a stage whose state cannot be read",
      { exposure: null, facts: { stateKnown: false, model: null }, unknown: "the state of staging cannot be read" },
      ["unreadable", "next: unknown"],
    ],
    ["is in a stage whose file cannot be used", { facts: { model: null }, unknown: "Pulumi.staging.yaml cannot be used" }, ["25% since 2h", "next: unknown"]],
  ])("%s", (_case, given, lines) => {
    expect(linesOf(given)).toEqual(lines);
  });

  it("that the catalogue has no more goes with the next update", () => {
    const input = catalogInput();
    const model = modelFrom({}, { ...input, flags: { [AGENT]: input.flags[AGENT] } }, "staging");
    expect(linesOf({ flag: TRANSCRIPTS, applied: { flags: { [AGENT]: 25, [TRANSCRIPTS]: 25 } }, facts: { model } })).toEqual([
      "25% since 2h",
      "not in the catalogue",
    ]);
  });
});

describe("who changed a flag", () => {
  const at = new Date(TWO_HOURS_AGO);
  const update: Update = {
    number: 12,
    kind: "update",
    succeeded: true,
    changedResources: true,
    startedAt: at,
    endedAt: at,
    message: "",
    by: "ben@example.org",
    config: {},
    checkpointPath: "",
  };
  it.each<readonly [string, Partial<Update>, Partial<StageFacts>, string]>([
    ["is in the audit", {}, { entries: chain([draft({ at, update: 12, by: "ann@example.org" })]) }, "#12 ann"],
    ["is not in an entry of an earlier stack of that name", {}, { entries: chain([draft({ at: new Date(LONG_AGO), update: 12 })]) }, "#12 ben (commit)"],
    ["is the author of the commit where there is no entry", {}, {}, "#12 ben (commit)"],
    ["is cut where it is long", { by: "a-name-that-is-too-long-for-a-cell" }, {}, "#12 a-name-tha… (commit)"],
    ["is not known outside of version control", { by: null }, {}, "#12"],
  ])("%s", (_case, changes, facts, line) => {
    expect(linesOf({ change: { ...update, ...changes }, facts })).toContain(line);
  });
});
