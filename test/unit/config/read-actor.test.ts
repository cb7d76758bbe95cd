import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readActor } from "../../../src/config/read-actor.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-actor-"));
  vi.stubEnv("SLUICE_ACTOR", undefined);
  vi.stubEnv("GITHUB_ACTOR", undefined);
  vi.stubEnv("GIT_CONFIG_GLOBAL", "/dev/null");
  vi.stubEnv("GIT_CONFIG_NOSYSTEM", "1");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

describe("who runs this", () => {
  it("is the system's user where nothing else says so", async () => {
    expect(await readActor(root)).toBe(userInfo().username);
  });

  it("is git's address in the project's folder", async () => {
    await execa("git", ["init", "--quiet"], { cwd: root });
    await execa("git", ["config", "user.email", "ann@example.org"], { cwd: root });
    expect(await readActor(root)).toBe("ann@example.org");
  });

  it("is the system's user where there is no git", async () => {
    vi.stubEnv("PATH", root);
    expect(await readActor(root)).toBe(userInfo().username);
  });

  it("is what CI says, before git", async () => {
    vi.stubEnv("GITHUB_ACTOR", "octocat");
    expect(await readActor(root)).toBe("octocat");
  });

  it.each([
    ["before all else", "ann", "ann"],
    ["not when it is empty", "  ", "octocat"],
    ["on one line", "ann\nroot\u001b[31m", "ann root [31m"],
    ["of no more than 120 characters", "a".repeat(500), "a".repeat(120)],
  ])("is SLUICE_ACTOR, %s", async (_case, said, expected) => {
    vi.stubEnv("GITHUB_ACTOR", "octocat");
    vi.stubEnv("SLUICE_ACTOR", said);
    expect(await readActor(root)).toBe(expected);
  });
});
