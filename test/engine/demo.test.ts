import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { HOME } from "../support/project.ts";

it("npm start walks a flag to production and back, and leaves nothing", async () => {
  const result = await execa(process.execPath, [join(HOME, "bin", "sluice.mjs"), "demo"], { cwd: HOME, reject: false, all: true, stdin: "ignore" });
  expect(result.exitCode, result.all).toBe(0);
  expect(result.all).toMatch(/expected 25%, measured \d+\.\d% of 400 visitors/);
  expect(result.all).toMatch(/; 0 of \d+ requests lost/);
  expect(result.all).toContain("Every step did what it says");
  expect((await readdir(join(HOME, ".sluice"))).filter((name) => name.startsWith("demo-"))).toEqual([]);
});
