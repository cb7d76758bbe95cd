import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { catalogInput } from "../../support/model.ts";
import { HOME } from "../../support/project.ts";
import { runSluice } from "../../support/run-sluice.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-completion-"));
  await writeFile(join(root, "Pulumi.yaml"), stringify({ name: "sluice", config: { "sluice:catalog": { value: catalogInput() } } }));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What is offered at the end of a command line. */
async function offered(...words: string[]): Promise<string[]> {
  const { stdout } = await runSluice(["complete", "--", ...words], {}, root);
  return stdout
    .split("\n")
    .filter((line) => !line.startsWith(":"))
    .map((line) => line.split("\t")[0] ?? "");
}

describe("a shell", () => {
  it.each(["bash", "zsh", "fish", "powershell"])("%s gets a script that asks sluice", async (shell) => {
    const { code, stdout } = await runSluice(["completion", shell]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/sluice.* complete ('--'|--)/);
  });

  it.for(["bash", "zsh", "fish"])("%s accepts its script", async (shell, { skip }) => {
    const { stdout } = await runSluice(["completion", shell]);
    const check = await execa(shell, ["-n"], { input: stdout, reject: false });
    skip(check.code === "ENOENT", `there is no ${shell} on this machine`);
    expect(check.stderr).toBe("");
    expect(check.exitCode).toBe(0);
  });
});

describe("bash", () => {
  /** What bash would offer for words of which the last is being typed. */
  async function replies(...words: string[]): Promise<string> {
    const { stdout: script } = await runSluice(["completion", "bash"]);
    const lines = [
      `sluice() { ${JSON.stringify(process.execPath)} ${JSON.stringify(join(HOME, "bin", "sluice.mjs"))} "$@"; }`,
      // Twice, as in a shell whose start-up file is read again.
      script,
      script,
      'COMP_WORDS=(sluice "$@"); COMP_CWORD=$#; _sluice; echo "${COMPREPLY[*]}"',
    ];
    const { stdout, stderr } = await execa("bash", ["-u", "-c", lines.join("\n"), "bash", ...words], { cwd: root, stdin: "ignore" });
    expect(stderr).toBe("");
    return stdout;
  }

  it.each([
    [["rol"], "rollback"],
    [["history", "--stage", ""], "dev staging production"],
    [["history", "--stage", "=", "s"], "staging"],
    [["history", "--stage", "="], "dev staging production"],
    [["history", "--stage", "$(touch evaluated)"], ""],
  ])("offers for %j: %s", async (words, offer) => {
    expect(await replies(...words)).toBe(offer);
    expect(existsSync(join(root, "evaluated"))).toBe(false);
  });
});

describe("completion offers", () => {
  it("commands by their beginning", async () => {
    expect(await offered("ro")).toEqual(["rollback"]);
  });
  it("options of the command", async () => {
    expect(await offered("history", "--")).toEqual(["--stage", "--limit", "--flag", "--json", "--help"]);
  });
  it.each([
    [
      ["history", "--stage", ""],
      ["dev", "staging", "production"],
    ],
    [["history", "--stage", "s"], ["staging"]],
    [["history", "-s", "p"], ["production"]],
    [["completion", "p"], ["powershell"]],
  ])("%j values: %j", async (words, values) => {
    expect(await offered(...words)).toEqual(values);
  });
  it("the stages of the project that the line names", async () => {
    const { stdout } = await runSluice(["complete", "--", "-C", root, "rollback", "--stage", "d"], {}, tmpdir());
    expect(stdout).toBe("dev\t\n:4");
  });
  it.each([
    [
      ["lift", ""],
      ["AGENT_ENABLED", "TRANSCRIPTS_ENABLED"],
    ],
    [["lift", "T"], ["TRANSCRIPTS_ENABLED"]],
    [["lift", "--flag", "A"], ["AGENT_ENABLED"]],
  ])("the flags of the project for an argument or option of that name: %j", async (words, flags) => {
    const lines = [
      `import { complete } from ${JSON.stringify(join(HOME, "src", "cli", "actions", "completion.ts"))};`,
      `import { buildProgram } from ${JSON.stringify(join(HOME, "src", "cli", "program.ts"))};`,
      'const program = await buildProgram("", [], () => undefined);',
      'program.command("lift").argument("<flag>").option("--flag <flag>");',
      `await complete(program, ${JSON.stringify(root)}, ${JSON.stringify(words)});`,
    ];
    const { stdout } = await execa(process.execPath, ["--input-type=module", "-e", lines.join("\n")], { cwd: HOME });
    expect(stdout.split("\n")).toEqual([...flags.map((flag) => `${flag}\t`), ":4"]);
  });
  it("nothing, and no fault, where there is no project", async () => {
    const run = await runSluice(["complete", "--", "history", "--stage", ""], {}, tmpdir());
    expect(run).toEqual({ code: 0, stdout: ":4", stderr: "" });
  });
});
