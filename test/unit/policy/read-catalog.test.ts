import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { readCatalog } from "../../../policy/read-catalog.ts";

const CATALOG = { stages: ["dev", "production"], flags: { AGENT: { owner: "voice", expires: "2027-01-31" } } };

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-policy-"));
  await writeFile(join(root, "catalog.yaml"), stringify({ ...CATALOG, steps: [1, 100] }));
});
afterAll(() => rm(root, { recursive: true }));

const write = (value: unknown): Promise<void> => writeFile(join(root, "Pulumi.yaml"), stringify({ name: "sluice", config: { "sluice:catalog": { value } } }));

describe("the catalogue of the policies", () => {
  it.each([
    ["in Pulumi.yaml", CATALOG],
    ["in a file of its own", { file: "catalog.yaml" }],
  ])("is read %s", async (_where, value) => {
    await write(value);
    expect(await readCatalog(root)).toEqual(CATALOG);
  });

  it.each([
    ["a file that is not there", { file: "catalogue.yaml" }, "catalog.file: catalogue.yaml cannot be used: ENOENT"],
    ["no stages", { flags: {} }, "→ at stages"],
  ])("is told with its fault where it has %s", async (_what, value, words) => {
    await write(value);
    await expect(readCatalog(root)).rejects.toThrow(words);
  });
});
