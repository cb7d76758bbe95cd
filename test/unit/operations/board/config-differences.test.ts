import { describe, expect, it } from "vitest";
import { configDifferences } from "../../../../src/operations/board/config-differences.ts";

const differences = (before: Record<string, unknown>, after: Record<string, unknown>) => configDifferences(before, after, "sluice", "A");

describe("differences of a config", () => {
  it.each([
    ["a setting that is new", {}, { flags: { A: 25 } }, [{ path: "flags.A", before: null, after: "25" }]],
    ["a setting that goes", { flags: { A: true } }, { flags: {} }, [{ path: "flags.A", before: "true", after: null }]],
    [
      "an object, with its keys in order",
      { flags: { A: { testers: true, exposure: 5 } } },
      { flags: { A: 5 } },
      [{ path: "flags.A", before: '{"exposure":5,"testers":true}', after: "5" }],
    ],
    [
      "a kill and an override",
      {},
      { kill: { A: true }, overrides: { A: "why" } },
      [
        { path: "kill.A", before: null, after: "true" },
        { path: "overrides.A", before: null, after: '"why"' },
      ],
    ],
    ["another flag", { flags: { B: 1 } }, { flags: { B: 5 } }, []],
    ["a secret", { testerSecret: { secure: "v1:a" } }, { testerSecret: { secure: "v1:b" } }, []],
    ["what is no list of settings", { flags: "A" }, { flags: null }, []],
  ])("tell %s", (_what, before, after, expected) => {
    const named = (config: object) => Object.fromEntries(Object.entries(config).map(([key, value]) => [`sluice:${key}`, value]));
    expect(differences(named(before), named(after))).toEqual(expected);
  });
});
