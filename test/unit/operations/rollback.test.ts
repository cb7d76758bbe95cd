import { describe, expect, it } from "vitest";
import { selectForFlag, withFlagParts } from "../../../src/operations/flag-parts.ts";
import type { Update } from "../../../src/operations/history.ts";
import { compareStates } from "../../../src/operations/rollback/compare-state.ts";
import { findObstacles } from "../../../src/operations/rollback/obstacles.ts";
import { parseSelector, selectUpdate } from "../../../src/operations/rollback/select-update.ts";
import { withConfig } from "../../../src/operations/stack-file.ts";
import type { Checkpoint } from "../../../src/operations/state-files.ts";
import { modelFrom } from "../../support/model.ts";

function update(number: number, exposure: number, changes: Partial<Update> = {}): Update {
  return {
    number,
    kind: "update",
    succeeded: true,
    changedResources: true,
    startedAt: new Date(number * 60_000 - 2_000),
    endedAt: new Date(number * 60_000),
    by: null,
    message: "",
    config: { flags: exposure },
    checkpointPath: "",
    ...changes,
  };
}

describe("the update to go back to", () => {
  const history = [update(1, 0), update(2, 5), update(3, 5), update(4, 25, { succeeded: false }), update(5, 50)];
  it.each([
    ["the one before", history, undefined, 3],
    ["a number", history, "2", 2],
    ["a time", history, new Date(150_000).toISOString(), 2],
    ["the one that a failed update began with", history.slice(0, 4), undefined, 3],
    ["the one before, past one that was refused", [...history.slice(0, 3), update(4, 25, { succeeded: false, changedResources: false })], undefined, 1],
    ["the aim of a rollback that failed", [...history, update(6, 0, { succeeded: false, message: "rollback to update 1" })], undefined, 1],
    ["after a rollback, further back and not forth again", [...history, update(6, 5, { message: "rollback to update 3" })], undefined, 1],
    ["after a destroy, what was there", [...history, update(6, 50, { kind: "destroy" })], undefined, 5],
  ])("by %s", (_case, updates, to, expected) => {
    expect(selectUpdate(updates, parseSelector(to)).number).toBe(expected);
  });

  it.each([
    ["4", "There is no update 4 to go back to; there is 1, 2, 3, 5."],
    ["1969-01-01", "No update had succeeded by 1969-01-01T00:00:00.000Z; the oldest is 1970-01-01T00:01:00.000Z."],
    ["soon", "--to soon is neither the number of an update nor a time. Numbers: sluice history; times: 2027-01-31T02:00:00Z."],
  ])("is not %s", (to, message) => {
    expect(() => selectUpdate(history, parseSelector(to))).toThrow(message);
  });

  it("is not there when nothing else ever ran", () => {
    expect(() => selectUpdate([update(1, 0), update(2, 0)], parseSelector(undefined))).toThrow("There is no earlier state to go back to");
  });
});

describe("one flag's word", () => {
  const said = (number: number, flags: Record<string, unknown>, message = ""): Update =>
    update(number, 0, { config: { "p:flags": flags, "p:kill": {} }, message });
  const pick = (updates: readonly Update[], to?: string): number => selectForFlag(updates, parseSelector(to), "p", "A").number;
  const history = [said(1, {}), said(2, { A: 5 }), said(3, { A: 25 }), said(4, { A: 25, B: 1 })];

  it.each([
    ["the newest that says something else of it", history, undefined, 2],
    ["a number", history, "1", 1],
    ["further back after its rollback", [...history, said(5, { A: 5, B: 1 }, "rollback of A to update 2")], undefined, 1],
    [
      "what was said after its rollback, once it was set again",
      [...history, said(5, { A: 5, B: 1 }, "rollback of A to update 2"), said(6, { A: 25 })],
      undefined,
      5,
    ],
    ["further back after the rollback of the stage", [...history, said(5, { A: 5 }, "rollback to update 2")], undefined, 1],
    ["as if another flag had not been rolled back", [...history, said(5, { A: 25 }, "rollback of B to update 3")], undefined, 2],
  ])("is %s", (_case, updates, to, expected) => {
    expect(pick(updates, to)).toBe(expected);
  });

  it("is not there where it never was another", () => {
    expect(() => pick([said(1, {}), said(2, { B: 5 })])).toThrow("There is no earlier word on A to go back to: every update before said the same of it.");
  });

  it("takes the place of today's, and leaves that of other flags, and every kill", () => {
    const now = { "p:flags": { A: 25, B: 50 }, "p:kill": { A: true, B: true }, "p:target": "local" };
    expect(withFlagParts(now, { "p:flags": { A: 5, B: 1 } }, "p", "A")).toEqual({
      "p:flags": { A: 5, B: 50 },
      "p:kill": { A: true, B: true },
      "p:target": "local",
    });
  });
});

describe("after a kill, or the rollback of one flag", () => {
  it("the stage goes back to what brings nothing back", () => {
    const history = [update(1, 0), update(2, 5), update(3, 25), update(4, 26, { message: "sluice kill A: errors" })];
    expect(selectUpdate(history, { kind: "previous" }, ({ number }) => number > 1).number).toBe(1);
  });
});

const EMPTY: Checkpoint = { resources: [], salt: "s", record: null, pending: [] };

describe("what cannot be restored", () => {
  const { catalog } = modelFrom({});
  const facts = {
    stage: "dev",
    catalogNow: catalog,
    catalogThen: catalog,
    ownFilesNow: {},
    ownFilesThen: {},
    configThen: {},
    saltNow: "s",
    saltThen: "s",
    lockedBy: [],
    killsForgotten: [],
  };
  const kinds = (changes: Partial<Parameters<typeof findObstacles>[0]>): string[] => findObstacles({ ...facts, ...changes }).map((obstacle) => obstacle.kind);

  it("is nothing, mostly", () => {
    expect(kinds({})).toEqual([]);
  });
  it("is a catalogue that has changed, with its parts", () => {
    const [obstacle] = findObstacles({ ...facts, catalogThen: { ...catalog, steps: [100] } });
    expect(obstacle?.text).toContain("has changed since: steps.");
  });
  it("is a file of the config that is another now, or is one no more", () => {
    const [obstacle] = findObstacles({ ...facts, ownFilesThen: { kubernetes: "a" }, ownFilesNow: { kubernetes: "b" } });
    expect(obstacle?.text).toContain("the file that sluice:kubernetes names says something else than then.");
    expect(kinds({ ownFilesThen: { catalog: "a" } })).toEqual(["own-file-changed"]);
    expect(kinds({ ownFilesThen: { catalog: "a" }, ownFilesNow: { catalog: "a", local: "b" } })).toEqual([]);
  });
  it("is a secret under another key", () => {
    expect(kinds({ configThen: { "sluice:testerSecret": { secure: "v1:x" } }, saltNow: "other" })).toEqual(["secret-key-changed"]);
    expect(kinds({ saltNow: "other" })).toEqual([]);
  });
  it("is an update that is under way", () => {
    const [obstacle] = findObstacles({ ...facts, lockedBy: ["ann@host, process 7"] });
    expect(obstacle?.kind).toBe("locked");
    expect(obstacle?.text).toContain(
      "the stack is locked by another update (ann@host, process 7). Wait for it; if it was killed: npx pulumi cancel --stack dev",
    );
  });
  it("is not what says only how a flag is promoted", () => {
    const flags = Object.fromEntries(
      Object.entries(catalog.flags).map(([name, flag]) => [name, { ...flag, expires: "2030-01-01", soak: { dev: 1 }, review: true }]),
    );
    expect(kinds({ catalogThen: { ...catalog, flags, freezes: [] } })).toEqual([]);
  });
});

describe("two states", () => {
  const resource = (urn: string, inputs: unknown, type = "x:y:Z"): Checkpoint["resources"][number] => ({ urn, type, inputs, outputs: inputs, provider: null });
  const state = (...resources: Checkpoint["resources"]): Checkpoint => ({ ...EMPTY, resources });

  it("are equal in any order of keys, whatever their secrets' ciphertext", () => {
    const secret = (ciphertext: string): unknown => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext });
    expect(compareStates(state(resource("a", { x: 1, y: secret("one") })), state(resource("a", { y: secret("two"), x: 1 })))).toEqual([]);
  });
  it("differ by inputs, by what is missing, and by what is too much", () => {
    expect(compareStates(state(resource("a", { x: 1 }), resource("b", {})), state(resource("a", { x: 2, z: 1 }), resource("c", {})))).toEqual([
      { urn: "a", inputs: ["x", "z"], state: "differs" },
      { urn: "b", inputs: [], state: "missing" },
      { urn: "c", inputs: [], state: "unexpected" },
    ]);
  });
  it("differ where a secret became plain", () => {
    expect(compareStates(state(resource("a", { x: { ciphertext: "c" } })), state(resource("a", { x: "plain" })))).toHaveLength(1);
  });
  it("are compared without the monitoring, which also follows from today's catalogue", () => {
    const file = (content: string) => resource("urn:pulumi:dev::sluice::x$y::monitoring/rules.yaml", { content });
    expect(compareStates(state(file("owner: voice")), state(file("owner: calls")))).toEqual([]);
    expect(compareStates(state(file("owner: voice")), state())).toEqual([]);
  });
  it("are compared without what an API server counts", () => {
    const taken = (inputs: object) => resource("t", inputs, "sluice-local:index:RoutingTaken");
    expect(compareStates(state(taken({ api: "a", versions: { "voice-api": "1" } })), state(taken({ api: "a", versions: { "voice-api": "3" } })))).toEqual([]);
    expect(compareStates(state(taken({ api: "a", versions: {} })), state(taken({ api: "b", versions: {} })))).toMatchObject([{ inputs: ["api"] }]);
  });
  it("are compared without default providers", () => {
    expect(compareStates(state(resource("p", { version: 1 }, "pulumi:providers:x")), state())).toEqual([]);
  });
});

describe("a stack file", () => {
  it("takes another config and keeps what people wrote around it", () => {
    const text =
      "# who to ask: voice team\nconfig:\n  sluice:target: local # here\n  sluice:flags:\n    A: true\n  sluice:kill:\n    A: true\nencryptionsalt: v1:x\n";
    expect(withConfig(text, { "sluice:target": "local", "sluice:flags": { A: 25 } })).toBe(
      "# who to ask: voice team\nconfig:\n  sluice:target: local # here\n  sluice:flags:\n    A: 25\nencryptionsalt: v1:x\n",
    );
  });
});
