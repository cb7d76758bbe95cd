import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findDrift, matchesContent } from "../../../src/operations/drift.ts";
import type { ResourceState } from "../../../src/operations/state-files.ts";

const LONG = "router: {rule: Host(`a.example`)}\n".repeat(10_000);

describe("a file's content", () => {
  it.each([
    ["is the state's", "A=1\n", "A=1\n", true],
    ["is not the state's", "A=1\n", "A=2\n", false],
    ["has more behind it", "A=1\n", "A=1\nB=2\n", false],
    ["has one value for a placeholder", "revision-${revision}: {x: ${revision}}\n", "revision-0a1b: {x: 0a1b}\n", true],
    ["has two values for one placeholder", "revision-${revision}: {x: ${revision}}\n", "revision-0a1b: {x: 0a1c}\n", false],
    ["has a value for each of two placeholders", "(${tester-secret}|$) ${revision} ${tester-secret}", "(abc|$) 12 abc", true],
    ["has more than a value for a placeholder", "rule: Header(`${tester-secret}`)", "rule: Header(`a`) || Header(`b`)", false],
    ["has nothing for a placeholder", "x-${revision}", "x-", false],
    ["still has the placeholder", "x-${revision}", "x-${revision}", false],
    ["differs where a pattern would not see it", "(a.b) ${revision}", "(acb) 1", false],
    ["is longer than a pattern may be", `${LONG}x-\${revision} \${tester-secret} \${revision}-y\n${LONG}`, `${LONG}x-a-1 b-c a-1-y\n${LONG}`, true],
    ["is that long, and differs", `${LONG}x-\${revision}\n${LONG}`, `${LONG}x-a\n${LONG} `, false],
    ["has a value that ends where the text goes on alike", "x-${revision}-on", "x-a-on-on", true],
    ["ends in another way of breaking lines", "x-${revision}\n", "x-1\r\n", false],
  ])("%s", (_case, expected, actual, matches) => {
    expect(matchesContent(expected, actual)).toBe(matches);
  });
});

describe("the files of a stage", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-drift-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const file = (name: string, content: string, type = "sluice-local:index:TextFile"): ResourceState => ({
    urn: `urn:pulumi:dev::sluice::sluice:local:Stage$${type}::${name}`,
    type,
    outputs: {},
    provider: null,
    inputs: { path: join(folder, name), content },
  });

  it("are told where they are missing or differ, and nothing else is", async () => {
    await writeFile(join(folder, "same.env"), "A=1\n");
    await writeFile(join(folder, "traefik.yaml"), "revision-ab12\n");
    await writeFile(join(folder, "other.env"), "A=2\n");
    const files = { same: "A=1\n", other: "A=1\n", gone: "A=1\n" };
    const resources = [
      { ...file("env", "", "sluice-local:index:EnvFiles"), inputs: { path: folder, files } },
      file("traefik.yaml", "revision-${revision}\n", "sluice-local:index:TraefikFile"),
      { urn: "urn:x", type: "sluice:local:Stage", inputs: {}, outputs: {}, provider: null },
    ];
    expect(await findDrift({ resources, salt: null, record: null, pending: [] })).toEqual([
      { name: "other.env", path: join(folder, "other.env"), state: "differs" },
      { name: "gone.env", path: join(folder, "gone.env"), state: "missing" },
    ]);
  });
});
