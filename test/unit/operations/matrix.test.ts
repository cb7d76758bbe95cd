import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { cellText, comparisonTable, matrixTable, renderMarkdown } from "../../../src/cli/matrix-text.ts";
import { compareMatrices } from "../../../src/operations/compare-matrices.ts";
import { type ConfigMatrix, flagCells, readConfigMatrix } from "../../../src/operations/config-matrix.ts";
import { fenced } from "../../../src/operations/documents/markdown.ts";
import { catalogInput, localInput, modelFrom } from "../../support/model.ts";
import { runSluice } from "../../support/run-sluice.ts";

const SECRET = { testerSecret: "0123456789abcdef" };

describe("a flag in a stage", () => {
  it.each([
    ["off without a setting", {}, "off"],
    ["on for everyone", { flags: { AGENT_ENABLED: true } }, "on"],
    ["in part", { flags: { AGENT_ENABLED: 25 } }, "25%"],
    ["on for testers", { flags: { AGENT_ENABLED: { testers: true } }, ...SECRET }, "off testers"],
    ["settled", { flags: { AGENT_ENABLED: { exposure: 100, settled: true } } }, "on settled"],
    ["killed", { flags: { AGENT_ENABLED: 25 }, kill: { AGENT_ENABLED: true } }, "off killed (asks for 25%)"],
    ["without a route", { flags: { AGENT_ENABLED: 25 }, kill: { AGENT_ENABLED: ["agent"] } }, "25% without agent"],
  ])("%s", (_case, settings, text) => {
    expect(cellText(flagCells(modelFrom(settings))["AGENT_ENABLED"] ?? "absent")).toBe(text);
  });

  it("goes with the flag that it requires", () => {
    const cells = flagCells(modelFrom({ flags: { AGENT_ENABLED: 25, TRANSCRIPTS_ENABLED: 5 }, kill: { AGENT_ENABLED: true } }));
    expect(cells["TRANSCRIPTS_ENABLED"]).toEqual({ exposure: 0, asked: 5, testers: false, settled: false, killed: true, routesTaken: [] });
  });
});

function matrixOf(stages: Readonly<Record<string, Record<string, unknown> | string>>): ConfigMatrix {
  const columns = Object.entries(stages).map(([stage, settings]) => [
    stage,
    typeof settings === "string" ? { flags: null, fault: settings } : { flags: flagCells(modelFrom(settings, catalogInput(), stage)), fault: null },
  ]);
  return { flags: ["AGENT_ENABLED", "TRANSCRIPTS_ENABLED"], stages: Object.fromEntries(columns) };
}

describe("two checkouts", () => {
  const before = matrixOf({ dev: { flags: { AGENT_ENABLED: 5 } }, staging: {} });
  const after = { ...matrixOf({ dev: { flags: { AGENT_ENABLED: 25 } }, staging: "config: bad", production: {} }), flags: ["AGENT_ENABLED", "NEW_ENABLED"] };

  it("stand side by side, with what changed marked", () => {
    expect(comparisonTable(compareMatrices(before, after), (text) => `<${text}>`)).toEqual({
      head: ["", "flag", "dev", "staging", "production"],
      rows: [
        ["<*>", "<AGENT_ENABLED>", "<5% -> 25%>", "<off -> faulty>", "<- -> off>"],
        ["<*>", "<NEW_ENABLED>", "-", "<- -> faulty>", "-"],
        ["<*>", "<TRANSCRIPTS_ENABLED>", "off", "<off -> faulty>", "<- -> off>"],
      ],
    });
  });

  it("that say the same have no marks", () => {
    const { rows } = comparisonTable(compareMatrices(before, before), (text) => `<${text}>`);
    expect(rows).toEqual([
      ["", "AGENT_ENABLED", "5%", "off"],
      ["", "TRANSCRIPTS_ENABLED", "off", "off"],
    ]);
  });
});

describe("Markdown", () => {
  it("is a table", () => {
    expect(renderMarkdown(matrixTable(matrixOf({ dev: { flags: { AGENT_ENABLED: 5 } } })))).toBe(
      "| flag | dev |\n| --- | --- |\n| AGENT_ENABLED | 5% |\n| TRANSCRIPTS_ENABLED | off |",
    );
  });
  it("takes no markup, mention or further cell from a name", () => {
    expect(renderMarkdown({ head: ["flag"], rows: [["<img src=x> @team | [a](b)\n# x"], ["**on**"]] })).toBe(
      "| flag |\n| --- |\n| &#60;img src=x&#62; &#64;team &#124; &#91;a&#93;(b) &#35; x |\n| **on** |",
    );
  });
  it("fences a text that has fences of its own", () => {
    expect(fenced("a\n```\nb")).toBe("````\na\n```\nb\n````");
  });
});

describe("sluice matrix", () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-matrix-"));
    const write = (file: string, value: unknown): Promise<void> => writeFile(join(root, file), stringify(value));
    await write("Pulumi.yaml", { name: "sluice", config: { "sluice:catalog": { value: catalogInput() } } });
    await write("Pulumi.dev.yaml", { config: { "sluice:flags": { AGENT_ENABLED: 25 }, "sluice:local": localInput() } });
    await write("Pulumi.staging.yaml", { config: { "sluice:flags": { AGENT_ENABLED: 30 }, "sluice:local": localInput() } });
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it("needs no state, and shows the fault of a stage beside the others", async () => {
    const { stages } = await readConfigMatrix(root);
    expect(stages["dev"]?.flags?.["AGENT_ENABLED"]?.exposure).toBe(25);
    expect(stages["staging"]?.fault).toContain("flags.AGENT_ENABLED: has exposure 30, which is no step");
    expect(stages["production"]?.fault).toContain(`cannot read ${join(root, "Pulumi.production.yaml")}`);
  });

  it("gives one JSON document and exit code 2 where a stage is faulty", async () => {
    const { code, stdout, stderr } = await runSluice(["-C", root, "matrix", "--json"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(JSON.parse(stdout).flags).toEqual(["AGENT_ENABLED", "TRANSCRIPTS_ENABLED"]);
  });
});
