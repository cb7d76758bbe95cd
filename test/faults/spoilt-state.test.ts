import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { extent, SEED } from "../support/extent.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { pickOne, seededRandom } from "../support/random.ts";
import { serveStages } from "../support/serving.ts";
import { writeSettings } from "../support/settings.ts";
import { expectNoTrace, mustUp, statePath } from "../support/stage-commands.ts";
import { lost, startVisits, type Visits } from "../support/visits.ts";

const CASES = extent(40, 2);
const WHERE = ["the state", "an entry of the history", "a state of the history", "the audit"] as const;
const HOW = ["cut off", "flipped", "gone"] as const;

const random = seededRandom(SEED);
const start = Math.floor(random() * WHERE.length);
const cases = Array.from({ length: CASES }, (_, index) => ({
  where: WHERE[(start + index) % WHERE.length] ?? "the state",
  how: pickOne(random, HOW),
  at: Array.from({ length: 4 }, random),
}));
type Case = (typeof cases)[number];

let test: TestProject;
let serving: Serving;
let visits: Visits;

beforeAll(async () => {
  process.stdout.write(`spoilt state: seed ${SEED}\n`);
  test = await makeProject();
  await test.pulumi(["stack", "init", "dev"]);
  for (const exposure of [0, 25]) await setAndUp(exposure);
  serving = await serveStages(test.root, ["dev"]);
  expect((await test.sluice(["rollback", "--stage", "dev"])).code).toBe(0);
  await setAndUp(5);
  visits = startVisits(test.urlOf("dev"), [["/voice", "sluice-1=x"]]);
});
afterAll(async () => {
  await visits.stop();
  await serving.stop();
  await test.remove();
});

async function setAndUp(exposure: number): Promise<void> {
  await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: exposure } });
  await mustUp(test);
}

async function fileOf({ where, at: [first = 0] }: Case): Promise<string> {
  const state = join(test.root, ".state");
  if (where === "the state") return statePath(test.root, "dev");
  if (where === "the audit") return join(state, ".sluice-audit", "sluice", "dev.jsonl");
  const folder = join(state, ".pulumi", "history", "sluice", "dev");
  const ending = where === "an entry of the history" ? ".history.json" : ".checkpoint.json";
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
  return join(folder, names[Math.floor(first * names.length)] ?? "");
}

async function spoil(path: string, { how, at }: Case): Promise<void> {
  const bytes = await readFile(path);
  const [, ...places] = at;
  if (how === "gone") await rm(path);
  else if (how === "cut off") await writeFile(path, bytes.subarray(0, Math.floor((places[0] ?? 0) * bytes.length)));
  else {
    for (const place of places) {
      const index = Math.floor(place * bytes.length);
      bytes[index] = (bytes[index] ?? 0) ^ (1 << (index % 8));
    }
    await writeFile(path, bytes);
  }
}

/** What every file of the project says, but for the locks. */
async function everything(): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(test.root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes("/locks")).map((entry) => join(entry.parentPath, entry.name));
  const hashes = paths.map(
    async (path) =>
      [
        path,
        createHash("sha256")
          .update(await readFile(path))
          .digest("hex"),
      ] as const,
  );
  return new Map(await Promise.all(hashes));
}

const READING = [
  ["status"],
  ["history", "--stage", "dev"],
  ["rollback", "--stage", "dev", "--to", "1", "--preview"],
  ["rollback", "--stage", "dev", "--flag", "AGENT_ENABLED", "--preview"],
  ["verify", "--stage", "dev", "--visitors", "20"],
  ["audit", "--stage", "dev"],
] as const;

/** What to do next, where anything is to be done: an audit that does not hold is evidence, and a flag may have no earlier word. */
const NEXT_STEP = /docs\/\w+\.md|npx |First: |\bexpected:|the audit does NOT hold: |allowed: |There is no earlier (word|state)/;
/** What is certain to be told of a state; a flipped bit may change nothing that anyone reads. */
const STATE_IS_TOLD: Readonly<Record<(typeof HOW)[number], RegExp | null>> = {
  "cut off": /dev\.json is no JSON/,
  flipped: null,
  gone: /The state of dev .*it is lost\. docs\/state\.md says how to put an earlier state back/,
};

describe(`a state that was spoilt (seed ${SEED})`, () => {
  it.each(cases)("$where that is $how at $at stops no one with a trace, and changes nothing else", { timeout: 60_000 }, async (one) => {
    const path = await fileOf(one);
    const whole = await readFile(path);
    try {
      await spoil(path, one);
      const before = await everything();
      const runs = await Promise.all(READING.map(async (args) => ({ command: args.join(" "), ...(await test.sluice(args)) })));
      const preview = { command: "pulumi preview", ...(await test.pulumi(["preview", "--stack", "dev"])) };
      for (const { command, code, output } of [...runs, preview]) {
        expectNoTrace(output, command);
        expect(output, command).not.toContain("unhandled");
        if (code !== 0 && command !== preview.command) expect(output, command).toMatch(NEXT_STEP);
      }
      const told = one.where === "the state" ? STATE_IS_TOLD[one.how] : null;
      if (told !== null) expect(runs.map(({ output }) => output).join("\n")).toMatch(told);
      expect(await everything()).toEqual(before);
      expect(lost(visits.seen)).toEqual([]);
    } finally {
      await writeFile(path, whole);
    }
    expect((await test.sluice(["status"])).code).toBe(0);
  });
});
