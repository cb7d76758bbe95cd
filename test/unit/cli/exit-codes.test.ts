import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT, EXIT_MEANINGS, renderExitCodes } from "../../../src/cli/exit-codes.ts";
import { HOME } from "../../support/project.ts";

const lines = Object.entries(EXIT).map(([name, code]) => ({ code, meaning: new Map<string, string>(Object.entries(EXIT_MEANINGS)).get(name) ?? "" }));

describe("every exit code", () => {
  it("has a number of its own", () => {
    expect(new Set(Object.values(EXIT)).size).toBe(Object.values(EXIT).length);
  });

  it.each(lines)("$code is in docs/configuration.md and in the help, in the same words", ({ code, meaning }) => {
    expect(readFileSync(join(HOME, "docs", "configuration.md"), "utf8")).toContain(`| ${code} | ${meaning} |\n`);
    expect(renderExitCodes()).toContain(`${String(code).padStart(4)}  ${meaning}`);
  });
});
