import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { HOME } from "../../support/project.ts";

const SCRIPT = `import { paint } from ${JSON.stringify(join(HOME, "src", "cli", "style.ts"))}; process.stdout.write(paint("good", "on"));`;
const PLAIN = "on";
const GREEN = "\u001b[32mon\u001b[39m";

describe("colours", () => {
  it.each([
    ["are left out in a pipe", {}, PLAIN],
    ["are there in a pipe with FORCE_COLOR", { FORCE_COLOR: "1" }, GREEN],
    ["are left out with FORCE_COLOR=0", { FORCE_COLOR: "0" }, PLAIN],
  ])("%s", async (_case, env, expected) => {
    expect(await painted(process.execPath, ["--input-type=module", "-e", SCRIPT], env)).toBe(expected);
  });

  it.for([
    ["are there on a terminal", {}, GREEN],
    ["are left out on a terminal with NO_COLOR", { NO_COLOR: "1" }, PLAIN],
  ] as const)("%s", async ([, env, expected], { skip }) => {
    const probe = await execa("script", ["--version"], { reject: false });
    skip(probe.exitCode !== 0, "there is no util-linux script, which gives a program a terminal");
    const command = [process.execPath, "--input-type=module", "-e", SCRIPT].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    expect(await painted("script", ["-qec", command, "/dev/null"], { TERM: "xterm-256color", ...env })).toBe(expected);
  });
});

async function painted(file: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await execa(file, args, { env: { PATH: process.env["PATH"] ?? "", ...env }, extendEnv: false, stdin: "ignore" });
  return stdout;
}
