import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { HOME } from "../../support/project.ts";

/** What is said of results. @param files by name, the states of their tests */
async function count(files: Readonly<Record<string, readonly string[]>>): Promise<{ readonly code: number | undefined; readonly output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-count-"));
  const all = Object.values(files).flat();
  const of = (state: string): number => all.filter((one) => one === state).length;
  const results = {
    numPassedTests: of("passed"),
    numFailedTests: of("failed"),
    numPendingTests: of("skipped"),
    numTodoTests: 0,
    success: of("failed") === 0,
    testResults: Object.entries(files).map(([name, states]) => ({ name: join(HOME, name), assertionResults: states.map((status) => ({ status })) })),
  };
  await writeFile(join(folder, "results.json"), JSON.stringify(results));
  const { exitCode, stdout } = await execa(process.execPath, [join(HOME, "tools", "count-tests.mjs"), join(folder, "results.json")], {
    cwd: HOME,
    reject: false,
  });
  await rm(folder, { recursive: true });
  return { code: exitCode, output: stdout };
}

it.each<readonly [string, Readonly<Record<string, readonly string[]>>, number, string]>([
  ["nothing was left out", { "test/a.test.ts": ["passed", "passed"] }, 0, "2 passed, 0 failed, 0 skipped"],
  [
    "a suite and a part of another were left out",
    { "test/board/a.test.ts": ["skipped", "skipped"], "test/b.test.ts": ["passed", "skipped"] },
    0,
    "left out: test/board/a.test.ts (all), test/b.test.ts (1 of 2)\n1 passed, 0 failed, 3 skipped",
  ],
  ["a test failed", { "test/a.test.ts": ["passed", "failed"] }, 1, "1 passed, 1 failed, 0 skipped"],
])("the last lines of the tests say that %s", async (_what, files, code, output) => {
  expect(await count(files)).toEqual({ code, output });
});
