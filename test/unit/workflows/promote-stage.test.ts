import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { HOME } from "../../support/project.ts";

const jobs = z.object({ jobs: z.object({ promote: z.object({ steps: z.array(z.object({ run: z.string() })) }) }) });

let folder: string;
let merged: string;

/** A repository whose second commit raises a flag, the machine's checkout of the first, and programs that note how they are called. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-promote-"));
  const origin = join(folder, "origin");
  await mkdir(origin);
  await git(origin, "init", "--quiet", "--initial-branch", "main");
  await commit(origin, "exposure: 5\n");
  await git(folder, "clone", "--quiet", origin, join(folder, "dev"));
  await commit(origin, "exposure: 25\n");
  merged = (await git(origin, "rev-parse", "HEAD")).trim();
  await mkdir(join(folder, "bin"));
  await fake("npm", "");
  await fake(
    "npx",
    'if [ "$2" = pending ]; then echo "AGENT_ENABLED 25"; fi; if [ "$2" = promote ]; then eval "$ON_PROMOTE"; fi; if [ "$2" = -C ]; then cat "$3/Pulumi.dev.yaml"; elif [ "$2" = matrix ]; then cat Pulumi.dev.yaml; fi',
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
  return (await execa("git", [...identity, ...args], { cwd })).stdout;
}

async function commit(cwd: string, text: string): Promise<void> {
  await writeFile(join(cwd, "Pulumi.dev.yaml"), text);
  await git(cwd, "add", ".");
  await git(cwd, "commit", "--quiet", "--message", text);
}

async function fake(name: string, body: string): Promise<void> {
  const path = join(folder, "bin", name);
  await writeFile(path, `#!/bin/sh\necho "${name} $*" >>"$CALLS"\n${body}\n`);
  await chmod(path, 0o755);
}

/** Runs the steps of the job one after the other, as a runner does. */
async function runJob(onPromote = ""): Promise<{ readonly code: number; readonly output: string; readonly calls: readonly string[] }> {
  const calls = join(folder, "calls");
  await writeFile(calls, "");
  const env = {
    PATH: [join(folder, "bin"), process.env["PATH"] ?? ""].join(delimiter),
    CALLS: calls,
    ON_PROMOTE: onPromote,
    SLUICE_HOME: folder,
    STAGE: "dev",
    GITHUB_SHA: merged,
    RUNNER_TEMP: folder,
  };
  const text = await readFile(join(HOME, ".github", "workflows", "promote-stage.yml"), "utf8");
  let [code, output] = [0, ""];
  for (const { run } of jobs.parse(parse(text)).jobs.promote.steps) {
    if (code !== 0) break;
    const result = await execa("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], { env, reject: false, all: true, stdin: "ignore" });
    code = result.exitCode ?? -1;
    output += result.all;
  }
  return { code, output, calls: (await readFile(calls, "utf8")).trim().split("\n") };
}

const onMachine = (text: string): Promise<void> => writeFile(join(folder, "dev", "Pulumi.dev.yaml"), text);
const fileOnMachine = (): Promise<string> => readFile(join(folder, "dev", "Pulumi.dev.yaml"), "utf8");

describe("the job that brings a stage to the merged commit", () => {
  it("promotes what is pending, then applies the rest", async () => {
    const { code, output, calls } = await runJob();
    expect(code, output).toBe(0);
    expect(calls).toEqual([
      "npm run --silent setup -- --quiet",
      "npx sluice pending --stage dev",
      "npx sluice promote AGENT_ENABLED --stage dev --to 25 --yes",
      "npx sluice matrix --json",
      `npx sluice -C ${join(folder, "merged")} matrix --json`,
      `npx pulumi up --yes --non-interactive --color never --stack dev --message commit ${merged}`,
    ]);
    expect(await fileOnMachine()).toBe("exposure: 25\n");
  });

  it("applies nothing once a promotion has ended otherwise, and ends as it did", async () => {
    const { code, calls } = await runJob("exit 7");
    expect(code).toBe(7);
    expect(calls.at(-1)).toBe("npx sluice promote AGENT_ENABLED --stage dev --to 25 --yes");
  });

  it("takes no kill back that came while it was at work", async () => {
    const { code, output, calls } = await runJob("echo 'kill: true' >>Pulumi.dev.yaml");
    expect(code, output).toBe(10);
    expect(output).toContain("someone changed the stage meanwhile. Nothing more was applied.");
    expect(calls.join("\n")).not.toContain("pulumi up");
    expect(await fileOnMachine()).toBe("exposure: 25\nkill: true\n");
  });

  it("leaves a stage alone that was changed on the machine", async () => {
    await onMachine("exposure: 5\nkill: true\n");
    const { code, output, calls } = await runJob();
    expect(code).toBe(3);
    expect(output).toContain("::error::Pulumi.dev.yaml was changed on the machine");
    expect(output).toContain("+kill: true");
    expect(calls).toEqual([""]);
    expect(await fileOnMachine()).toBe("exposure: 5\nkill: true\n");
  });

  it("goes on where the merged commit says what the machine does", async () => {
    await onMachine("exposure: 25\n");
    expect((await runJob()).code).toBe(0);
  });
});
