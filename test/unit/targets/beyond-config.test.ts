import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { editStandingKills, readStandingKills, type StandingKill } from "../../../src/files/standing-kills.ts";
import { killsBeyond, takeUpKills, writeUnderKills } from "../../../src/targets/local/provider/beyond-config.ts";

let folder: string;
let kills: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-kills-"));
  kills = join(folder, "kills.json");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const FLAG: StandingKill = { subject: "A", flags: ["A", "B"], routes: [] };
const ROUTE: StandingKill = { subject: "A/only", flags: [], routes: ["A/only"] };
const OTHER: StandingKill = { subject: "AB", flags: ["AB"], routes: [] };

describe("kills beyond the config", () => {
  it.each([
    ["none where none stands", [], ["A"], []],
    ["all where the config has none", [FLAG, ROUTE, OTHER], [], [FLAG, ROUTE, OTHER]],
    ["not those that the config has", [FLAG, OTHER], ["A"], [OTHER]],
    ["not a route whose flag the config kills", [ROUTE, OTHER], ["A"], [OTHER]],
    ["a flag of which the config kills a route only", [FLAG, ROUTE], ["A/only"], [FLAG]],
  ])("are %s", async (_what, standing, killed, beyond) => {
    await editStandingKills(kills, () => standing);
    expect(await killsBeyond({ kills, killed })).toEqual(beyond);
    await takeUpKills({ kills, killed });
    expect(await readStandingKills(kills)).toEqual(beyond);
  });

  it("leave no file when the last is taken up", async () => {
    await editStandingKills(kills, () => [FLAG]);
    await takeUpKills({ kills, killed: ["A"] });
    await expect(readFile(kills)).rejects.toThrow("ENOENT");
  });
});

describe("a document that is written under kills", () => {
  it("is written once where none comes between", async () => {
    const written: (readonly StandingKill[])[] = [];
    await writeUnderKills({ kills, killed: [] }, async (seen) => written.push(seen));
    expect(written).toEqual([[]]);
  });

  it("is written again, without the flag, where a kill comes between the look and the writing", async () => {
    const written: (readonly StandingKill[])[] = [];
    await writeUnderKills({ kills, killed: [] }, async (seen) => {
      if (written.length === 0) await editStandingKills(kills, () => [FLAG]);
      written.push(seen);
    });
    expect(written).toEqual([[], [FLAG]]);
  });

  it("is not written where the standing kills cannot be read", async () => {
    await writeFile(kills, "{");
    const written: unknown[] = [];
    await expect(writeUnderKills({ kills, killed: [] }, async () => written.push(1))).rejects.toThrow(`${kills} is no list of kills. See that`);
    expect(written).toEqual([]);
  });
});
