import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "../../../src/cli/program.ts";
import { runSluice } from "../../support/run-sluice.ts";

const commands: readonly Command[] = (await buildProgram("/nowhere", [], () => undefined)).commands.filter((command) => command.name() !== "complete");

describe("every command", () => {
  it.each(commands.map((command) => [command.name(), command] as const))("%s says what it is for, with examples", (_name, command) => {
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(command.description()).not.toBe("");
    expect(help).toMatch(/\nExamples:\n {2}\$ .*sluice /);
  });

  it.each(["status", "matrix", "pending", "parity", "expired", "history", "rollback", "drill", "audit", "doctor"])("%s has --json", (name) => {
    expect(commands.find((command) => command.name() === name)?.options.map((option) => option.long)).toContain("--json");
  });
});

describe("a start", () => {
  const all = commands.map((command) => command.name());
  it.each([
    [["rollback", "--stage", "dev"], ["rollback"]],
    [
      ["-C", "status", "rollback"],
      ["status", "rollback"],
    ],
    [[], all],
    [["statsu"], all],
    [["--help", "status"], all],
    [["help", "rollback"], all],
    [["complete", "--", "rollback", ""], all],
  ])("of %j loads %j", async (args, names) => {
    const loaded = (await buildProgram("/nowhere", args, () => undefined)).commands.map((command) => command.name());
    expect(loaded.filter((name) => name !== "complete")).toEqual(names);
  });
});

describe("a mistake on the command line", () => {
  let empty: string;
  beforeAll(async () => {
    empty = await mkdtemp(join(tmpdir(), "sluice-cli-"));
    await writeFile(join(empty, "Pulumi.yaml"), "runtime: nodejs\n");
  });
  afterAll(() => rm(empty, { recursive: true, force: true }));

  it.each([
    [["statsu"], "error: unknown command 'statsu'\n(Did you mean status?)\n(--help shows what there is)"],
    [["status", "--jsn"], "error: unknown option '--jsn'\n(Did you mean --json?)\n(--help shows what there is)"],
    [["history"], "error: required option '-s, --stage <stage>' not specified\n(--help shows what there is)"],
    [
      ["history", "-s", "dev", "-n", "some"],
      "error: option '-n, --limit <count>' argument 'some' is invalid. It is no number of updates, such as 20.\n(--help shows what there is)",
    ],
    [
      ["completion", "ksh"],
      "error: command-argument value 'ksh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish, powershell.\n(--help shows what there is)",
    ],
  ])("%j is told in a line or two", async (args, message) => {
    expect(await runSluice(args)).toEqual({ code: 2, stdout: "", stderr: message });
  });

  it("in the project file is told with its place", async () => {
    const { code, stdout, stderr } = await runSluice(["-C", empty, "status", "--json"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(`${join(empty, "Pulumi.yaml")} is no file of Pulumi, at name: Invalid input: expected string, received undefined.`);
  });
});
