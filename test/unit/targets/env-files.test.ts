import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { envFiles, oldEnvFiles } from "../../../src/targets/local/provider/env-files.ts";

let path: string;
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), "sluice-env-")), "env");
});
afterEach(() => rm(join(path, ".."), { recursive: true, force: true }));

const create = (files: Readonly<Record<string, string>>): Promise<unknown> => Promise.resolve(envFiles.create("urn", { path, files }));

async function there(): Promise<Record<string, string>> {
  const names = await readdir(path).catch(() => []);
  return Object.fromEntries(await Promise.all(names.sort().map(async (name) => [name, await readFile(join(path, name), "utf8")] as const)));
}

describe("the env files of a stage", () => {
  it("are written beside those that are there, which go when Traefik leads to their workloads no more", async () => {
    const [base, other] = ["PORT=9001\nSLUICE_SERVICE=voice\n", "PORT=9002\nSLUICE_SERVICE=voice\n"];
    await create({ "voice--base": base });
    await create({ "voice--other": other });
    expect(await there()).toEqual({ "voice--base.env": base, "voice--other.env": other });
    const state = { path, keep: ["voice--other"] };
    expect((await oldEnvFiles.diff("", "", state, state)).changes).toBe(true);
    await oldEnvFiles.create("urn", state);
    expect(await there()).toEqual({ "voice--other.env": other });
    expect((await oldEnvFiles.diff("", "", state, state)).changes).toBe(false);
  });

  it("are taken for old only where Sluice wrote them", async () => {
    await create({ voice: "SLUICE_SERVICE=voice\nPORT=9001\n" });
    const mine = { "production.env": "DATABASE=mine\n", "copy.env": "SLUICE_SERVICE=voice\nDEBUG=1\n" };
    for (const [name, content] of Object.entries(mine)) await writeFile(join(path, name), content);
    await oldEnvFiles.create("urn", { path, keep: [] });
    expect(await there()).toEqual(mine);
  });

  it("are not written at all where one wants a port that another workload has", async () => {
    await create({ voice: "PORT=9001\n" });
    await expect(create({ billing: "PORT=9003\n", other: "PORT=9001\n" })).rejects.toThrow(
      "PORT=9001, which other is to have, is still held by voice; nothing was switched.",
    );
    expect(await there()).toEqual({ "voice.env": "PORT=9001\n" });
  });

  it("may say the same port in a new form", async () => {
    await create({ voice: "PORT=9001\n" });
    await create({ voice: "A_FLAG=true\nPORT=9001\n" });
    expect(await there()).toEqual({ "voice.env": "A_FLAG=true\nPORT=9001\n" });
  });

  it("are read back as they are", async () => {
    const files = { voice: "PORT=9001\n", billing: "PORT=9002\n" };
    await create(files);
    await writeFile(join(path, "voice.env"), "PORT=1\n");
    await rm(join(path, "billing.env"));
    expect((await envFiles.read("id", "urn", { path, files })).props).toEqual({ path, files: { voice: "PORT=1\n" } });
    await rm(join(path, "voice.env"));
    expect((await envFiles.read("id", "urn", { path, files })).id).toBe("");
  });

  it("go with the stage, and what else is in the folder stays", async () => {
    const files = { voice: "PORT=9001\n" };
    await create(files);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, "notes.txt"), "mine");
    await envFiles.delete("id", "urn", { path, files });
    expect(await there()).toEqual({ "notes.txt": "mine" });
  });
});
