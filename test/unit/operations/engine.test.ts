import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { exitCodeOf } from "../../../src/cli/exit-codes.ts";
import { engineOf, PULUMI_VERSION } from "../../../src/operations/engine.ts";
import { OperationError } from "../../../src/operations/errors.ts";
import { explain } from "../../../src/operations/explain-engine.ts";

const REFUSED = `Diagnostics:
  pulumi:pulumi:Stack (sluice-staging):
    error: The gates refuse this (1 fault; nothing was changed)

    flags.A: would go to 1 per cent in staging

Resources:
    1 unchanged`;

describe("the engine's text", () => {
  it.each([
    ["the program's own refusal", REFUSED, "refused", 3, "The gates refuse this (1 fault; nothing was changed)\n\nflags.A: would go to 1 per cent in staging"],
    ["a lock", "error: the stack is currently locked by 1 lock(s).", "busy", 4, "pulumi cancel --stack dev"],
    [
      "who holds a lock",
      "error: the stack is currently locked by 1 lock(s).\n  file:///x/locks/dev/1.json: created by ann@host (pid 7) at 2027-01-31T02:00:00Z",
      "busy",
      4,
      "is locked by another update (ann@host, process 7). Wait for it",
    ],
    ["a stack that is not there", "error: no stack named 'dev' found", "missing", 5, "pulumi stack init dev"],
    ["a wrong passphrase", "error: incorrect passphrase", "config", 2, "PULUMI_CONFIG_PASSPHRASE"],
    ["a state that is no JSON", "error: failed to load checkpoint: unexpected end of JSON input", "engine", 1, "docs/state.md"],
    [
      "a container that no state knows",
      'error: Error response from daemon: Conflict. The container name "/sluice-dev-voice-api--base-1f0c2a9b-1" is already in use by container "4f".',
      "engine",
      1,
      "First: docker rm --force sluice-dev-voice-api--base-1f0c2a9b-1; then: npx pulumi up --stack dev",
    ],
    [
      "several errors in one",
      "error: 2 errors occurred:\n    1) no space left on device\n    2) Unknown",
      "engine",
      1,
      "2 errors occurred:\n1) no space left on device\n2) Unknown",
    ],
    ["anything else", "log\nerror: update failed\nerror: boom", "engine", 1, "error: boom"],
  ])("%s", (_case, text, failure, code, words) => {
    const error = explain(text, "dev");
    expect(error.failure).toBe(failure);
    expect(exitCodeOf(error.failure)).toBe(code);
    expect(error.message).toContain(words);
  });
});

describe("clearing what an update had begun", () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "sluice-pulumi-"));
    vi.stubEnv("PULUMI_HOME", home);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(home, { recursive: true });
  });

  const clear = async (script: string, limit: number): Promise<unknown> => {
    const bin = join(home, "versions", PULUMI_VERSION, "bin");
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, "pulumi"), `#!${process.execPath}\n${script}`, { mode: 0o755 });
    const project = { root: home, name: "sluice", backendUrl: null, catalog: {} };
    return engineOf(project, "dev", limit)
      .clearPending()
      .catch((error: unknown) => error);
  };

  it("ends where nothing answers, and says what is left", async () => {
    const command = "pulumi refresh --yes --clear-pending-creates --stack dev";
    expect(await clear("setInterval(() => undefined, 1000)", 1_500)).toEqual(
      new OperationError(
        "engine",
        `${command} was ended after 1.5 s: what dev runs on does not answer, and what an earlier update had begun there is not cleared. See that it answers again, then: npx ${command}`,
      ),
    );
  });

  it("is over as soon as it is done, or has failed of itself", async () => {
    expect(await clear("", 60_000)).toBe(undefined);
    expect(await clear('console.log("error: boom"); process.exitCode = 255', 60_000)).toEqual(new OperationError("engine", "error: boom"));
  });
});
