import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { flagCells } from "../../../src/operations/config-matrix.ts";
import { findPending } from "../../../src/operations/pending.ts";
import { catalogInput, localInput, modelFrom } from "../../support/model.ts";
import { runSluice } from "../../support/run-sluice.ts";

interface Case {
  readonly settings: Record<string, unknown>;
  readonly deployed: Record<string, number>;
  readonly expected: readonly string[];
  readonly flags?: Record<string, unknown>;
}

describe("a promotion is pending", () => {
  it.each<readonly [string, Case]>([
    [
      "for a flag that is further on in the config",
      { settings: { flags: { AGENT_ENABLED: 25 } }, deployed: { AGENT_ENABLED: 5 }, expected: ["AGENT_ENABLED 5 25"] },
    ],
    ["for a flag that the stage never had", { settings: { flags: { AGENT_ENABLED: 25 } }, deployed: {}, expected: ["AGENT_ENABLED 0 25"] }],
    [
      "for no flag that is to stay or to go down",
      { settings: { flags: { AGENT_ENABLED: 5 } }, deployed: { AGENT_ENABLED: 5, TRANSCRIPTS_ENABLED: 1 }, expected: [] },
    ],
    ["for no flag that is killed", { settings: { flags: { AGENT_ENABLED: 25 }, kill: { AGENT_ENABLED: true } }, deployed: { AGENT_ENABLED: 0 }, expected: [] }],
    [
      "first for what another requires",
      {
        settings: { flags: { ZONES_ENABLED: 25, AGENT_ENABLED: 5 } },
        deployed: {},
        expected: ["ZONES_ENABLED 0 25", "AGENT_ENABLED 0 5"],
        flags: {
          AGENT_ENABLED: { ...catalogInput().flags["AGENT_ENABLED"], requires: ["ZONES_ENABLED"] },
          ZONES_ENABLED: { ...catalogInput().flags["TRANSCRIPTS_ENABLED"], requires: [] },
        },
      },
    ],
  ])("%s", (_case, { settings, deployed, expected, flags = catalogInput().flags }) => {
    const cells = flagCells(modelFrom(settings, { ...catalogInput(), flags }));
    expect(findPending(cells, deployed).map(({ flag, from, to }) => `${flag} ${from} ${to}`)).toEqual(expected);
  });
});

describe("sluice pending", () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-pending-"));
    const write = (file: string, value: unknown): Promise<void> => writeFile(join(root, file), stringify(value));
    await write("Pulumi.yaml", { name: "sluice", backend: { url: "file://./.state" }, config: { "sluice:catalog": { value: catalogInput() } } });
    await write("Pulumi.dev.yaml", { config: { "sluice:flags": { AGENT_ENABLED: 25 }, "sluice:local": localInput() } });
    await mkdir(join(root, ".state", ".pulumi", "stacks", "sluice"), { recursive: true });
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const deploy = (exposure: number): Promise<void> => {
    const content = JSON.stringify({ exposures: { AGENT_ENABLED: exposure }, permitted: { AGENT_ENABLED: exposure } });
    const resources = [{ urn: "urn:pulumi:dev::sluice::x::stage.json", type: "sluice-local:index:TextFile", inputs: { content }, outputs: { content } }];
    return writeFile(join(root, ".state", ".pulumi", "stacks", "sluice", "dev.json"), JSON.stringify({ checkpoint: { latest: { resources } } }));
  };

  it("prints what a script can read, of a stage that was never deployed too", async () => {
    expect(await runSluice(["-C", root, "pending", "--stage", "dev"])).toEqual({ code: 0, stdout: "AGENT_ENABLED 25", stderr: "" });
  });
  it("prints nothing once the stage has it", async () => {
    await deploy(25);
    expect(await runSluice(["-C", root, "pending", "--stage", "dev"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });
  it("gives one JSON document", async () => {
    await deploy(5);
    const { stdout } = await runSluice(["-C", root, "pending", "--stage", "dev", "--json"]);
    expect(JSON.parse(stdout)).toEqual({ stage: "dev", promotions: [{ flag: "AGENT_ENABLED", from: 5, to: 25 }] });
  });
});
