import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/cli/exit-codes.ts";
import { explain } from "../../../src/operations/engine.ts";

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
    ["a stack that is not there", "error: no stack named 'dev' found", "missing", 5, "pulumi stack init dev"],
    ["a wrong passphrase", "error: incorrect passphrase", "config", 2, "PULUMI_CONFIG_PASSPHRASE"],
    ["a state that is no JSON", "error: failed to load checkpoint: unexpected end of JSON input", "engine", 1, "docs/state.md"],
    ["anything else", "log\nerror: update failed\nerror: boom", "engine", 1, "error: boom"],
  ])("%s", (_case, text, failure, code, words) => {
    const error = explain(text, "dev");
    expect(error.failure).toBe(failure);
    expect(exitCodeOf(error.failure)).toBe(code);
    expect(error.message).toContain(words);
  });
});
