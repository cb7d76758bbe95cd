import { describe, expect, it } from "vitest";
import { configFaults } from "../../support/docs/config-faults.ts";
import { endsOf } from "../../support/docs/expect-as-shown.ts";
import { anchorsOf, linkFault, linksOf, pathsOf } from "../../support/docs/links.ts";
import { matchesOutput } from "../../support/docs/match-output.ts";
import { blocksOf } from "../../support/docs/page.ts";

describe("a link", () => {
  const fault = (text: string) => linksOf("docs/kill.md", text).map(linkFault);

  it.each([
    ["[a page](rollback.md)", [null]],
    ["[a heading](rollback.md#a-route)", [null]],
    ["[the project](../Pulumi.yaml)", [null]],
    ["[elsewhere](https://example.org/none.md)", []],
    ["`[code](none.md)`", []],
    ["```\n[code](none.md)\n```", []],
    ["[nothing](none.md)", ["none.md: there is no docs/none.md"]],
    ["[no heading](rollback.md#none)", ["rollback.md#none: docs/rollback.md has no heading #none"]],
    ["[no heading here](#none)", ["#none: docs/kill.md has no heading #none"]],
  ])("is held against files and headings: %s", (text, faults) => {
    expect(fault(text)).toEqual(faults);
  });

  it("leads to headings as GitHub names them", () => {
    expect(anchorsOf("# The `order`, and more\n\n```\n# no heading\n```\n\n## Exit codes\n\n## Exit codes\n")).toEqual([
      "the-order-and-more",
      "exit-codes",
      "exit-codes-1",
    ]);
  });
});

it("a page names files in code and in the reasons of its marks", () => {
  const text = "See `src/none.ts` and `npx sluice`.\n\n<!-- not run: no engine; test/docker/none.test.ts does the same -->\n```console\n$ docker ps\n```\n";
  expect(pathsOf("docs/kill.md", text)).toEqual(["src/none.ts", "test/docker/none.test.ts"]);
});

describe("a block of config", () => {
  const faults = (of: string, yaml: string) => blocksOf("a page", `<!-- config: ${of} -->\n\`\`\`yaml\n${yaml}\n\`\`\`\n`).flatMap(configFaults);

  it.each([
    ["catalog", "flags: {ELEVENLABS_AGENT_ENABLED: {soak: 1h}}", []],
    ["catalog", "flags: {ELEVENLABS_AGENT_ENABLED: {soak: long}}", ["catalog.flags.ELEVENLABS_AGENT_ENABLED.soak"]],
    ["stage", "config: {sluice:flags: {ELEVENLABS_AGENT_ENABLED: 25}}", []],
    ["stage", "config: {sluice:flags: {ELEVENLABS_AGENT_ENABLED: 30}}", ["flags.ELEVENLABS_AGENT_ENABLED"]],
    ["docker", "config: {sluice:docker: {registries: [{address: ghcr.io, username: robot}]}}", []],
    ["docker", "config: {sluice:docker: {bind: everywhere}}", ["/config/sluice:docker/bind", "docker.bind"]],
    ["kubernetes", "config: {sluice:kubernetes: {bake: 10m}}", []],
    ["kubernetes", "config: {sluice:kubernetes: {namespace: Voice}}", ["/config/sluice:kubernetes/namespace", "kubernetes.namespace"]],
  ])("of %s is held against schema and rules: %s", (of, yaml, paths) => {
    expect(faults(of, yaml).map((fault) => fault.split(" ")[0])).toEqual(paths);
  });
});

describe("what a command ends with", () => {
  it.each([
    [[], [0, 0, 0]],
    [
      ["dev=100", "ends", "2:3"],
      [0, 3, 0],
    ],
    [
      ["ends", "1:1", "3:2"],
      [1, 0, 2],
    ],
  ])("is what the mark says of it: %j", (fixture, codes) => {
    expect(endsOf(fixture, 3)).toEqual(codes);
  });

  it.each(["3", "4:1", "1:0"])("is nothing that a mark says as %s", (word) => {
    expect(() => endsOf(["ends", word], 3)).toThrow(`ends ${word} is none of the 3 commands with a code`);
  });
});

describe("what a command says", () => {
  it.each([
    ["applied in 1.1 s", "applied in 4.2 s", true],
    ["back to update 1 of 2026-01-31T02:00:00Z", "back to update 2 of 2026-02-01T03:00:00Z (a commit)", true],
    ["0 of 565 requests lost", "0 of 12 requests lost", true],
    ["0 of 565 requests lost", "1 of 565 requests lost", false],
    ["…\n  25% -> 0%", "  25% -> 1%", false],
    ["...\nproven", "one\ntwo\nproven", true],
    ["...\nproven", "one\ntwo\nnot proven", false],
    ["left to do: …", "left to do: npx pulumi up --stack dev", true],
  ])("is what a page shows but for times and counts: %j, %j", (shown, said, same) => {
    expect(matchesOutput(shown.split("\n"), said, "/the/project")).toBe(same);
  });
});
