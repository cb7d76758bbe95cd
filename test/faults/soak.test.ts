import { type ChildProcess, spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import { type Load, startLoad } from "../../src/operations/demo/load.ts";
import { extent, SEED } from "../support/extent.ts";
import { killCatalog } from "../support/kill.ts";
import { pidOf } from "../support/process-tree.ts";
import { HOME, makeProject, type TestProject, writeCatalog } from "../support/project.ts";
import { doStep, writeFlags } from "../support/reference/do-step.ts";
import { AGENT, now, type StageModel } from "../support/reference/stage-model.ts";
import { type Step, taken } from "../support/reference/step.ts";
import { mustUp } from "../support/stage-commands.ts";
import { type Usage, usageOf } from "../support/usage.ts";
import { until } from "../support/wait.ts";

const SECONDS = extent(600, 5);
/** How often an update of each stage is timed, one after the other. */
const PAIRS = extent(5, 1);
const linux = process.platform === "linux";

/** Goes round and ends where it began, so that what is measured at its end is always of the same stage. */
const ROUND: readonly Step[] = [
  { kind: "set", flag: AGENT, exposure: 50 },
  { kind: "kill", flag: AGENT },
  { kind: "revive", flag: AGENT },
  { kind: "rollback flag", flag: AGENT },
];

/** How much more there may be in the last quarter than in the second, as a share of that, and beside it in the same unit; memory in mebibytes. */
const ROOM = {
  traefikMemory: [0.15, 8],
  serveMemory: [0.15, 8],
  serviceMemory: [0.15, 8],
  openFiles: [0.1, 10],
  connections: [0.1, 10],
  processes: [0, 0],
  filesOfStage: [0, 0],
} as const;
type Measure = keyof typeof ROOM;
const MEASURES = [
  "traefikMemory",
  "serveMemory",
  "serviceMemory",
  "openFiles",
  "connections",
  "processes",
  "filesOfStage",
] as const satisfies readonly Measure[];

/** What is measured after a round. */
type Measured = Readonly<Record<Measure, number>>;

let test: TestProject;
let serving: ChildProcess;
let loads: Load[];

// Memory, open files and processes are read from /proc.
describe.runIf(linux)(`${SECONDS} seconds of constant traffic and constant changes`, () => {
  beforeAll(async () => {
    test = await makeProject();
    await writeCatalog(test.root, killCatalog());
    for (const stage of ["dev", "staging"]) await test.pulumi(["stack", "init", stage]);
    await mustUp(test, "staging");
    await writeFlags(test, { agent: 0, transcripts: 0, killed: [] });
    await mustUp(test);
    serving = spawn(process.execPath, [join(HOME, "bin", "sluice.mjs"), "serve", "--stage", "dev"], { cwd: test.root, stdio: "ignore" });
    await until("Traefik of this project runs", async () => (await usageOf(pidOf(serving))).some(({ command }) => /^\S*traefik /.test(command)));
    const answers = async (path: string): Promise<boolean> => (await ask(test.urlOf("dev"), { path })).status === 200;
    await until("the stage is served", async () => (await answers("/voice")) && (await answers("/billing")));
    loads = ["/voice", "/billing"].map((path) => startLoad(test.urlOf("dev"), path, "sluice-1=x", 4, 50));
  });
  afterAll(async () => {
    for (const load of loads) await load.stop();
    serving.kill("SIGTERM");
    await until("sluice serve has ended", () => serving.exitCode !== null);
    await test.remove();
  });

  it("lose no request, and leave memory, connections, processes and files as they were", { timeout: 1_200_000 }, async () => {
    let model: StageModel = [{ settings: { agent: 0, transcripts: 0, killed: [] }, kind: "forth", back: null, flag: null }];
    const course: Measured[] = [];
    const end = performance.now() + SECONDS * 1_000;
    do {
      for (const step of ROUND) {
        const after = taken(model, step);
        await doStep(test, step, now(after), async () => undefined);
        model = after;
      }
      course.push(await measure());
    } while (performance.now() < end || course.length < extent(2, 1));
    const requests = await Promise.all(loads.map((load) => load.stop()));
    console.log(`seed ${SEED}: ${model.length} updates, ${requests.map((seen) => seen.requests).join(" + ")} requests`);
    console.table([course[0], medians(secondQuarter(course)), medians(lastQuarter(course))]);
    await printTimes();
    expect(requests.map(({ lost }) => lost)).toEqual([0, 0]);
    for (const name of MEASURES) expect([name, median(course, name) > 0]).toEqual([name, true]);
    // A taste has too few rounds for its first half to be warm.
    expect(extent(grown(course), [])).toEqual([]);
  });
});

/** What grows with each update shows here; how long one takes is a figure, which no test asserts. */
async function printTimes(): Promise<void> {
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) ratios.push((await timeOfUpdate("dev")) / (await timeOfUpdate("staging")));
  console.log(`an update that changes nothing, after all of these against after none: ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}`);
}

async function timeOfUpdate(stage: string): Promise<number> {
  const started = performance.now();
  await mustUp(test, stage);
  return performance.now() - started;
}

async function measure(): Promise<Measured> {
  const servicesOf = (usages: readonly Usage[]): number => usages.filter(({ command }) => command.endsWith("service.ts")).length;
  let usages: readonly Usage[] = [];
  await until("every process of a workload that is gone has ended", async () => {
    usages = await usageOf(pidOf(serving));
    return servicesOf(usages) === (await readdir(join(test.root, ".sluice", "dev", "env"))).length;
  });
  const memoryOf = (what: RegExp): number => usages.filter(({ command }) => what.test(command)).reduce((most, { memory }) => Math.max(most, memory), 0);
  return {
    traefikMemory: memoryOf(/^\S*traefik /),
    serveMemory: memoryOf(/sluice.* serve /),
    serviceMemory: memoryOf(/service\.ts/),
    openFiles: usages.reduce((sum, { files }) => sum + files, 0),
    connections: usages.reduce((sum, { sockets }) => sum + sockets, 0),
    processes: usages.length,
    filesOfStage: (await readdir(join(test.root, ".sluice", "dev"), { recursive: true })).length,
  };
}

/** What there is more of than there may be. By the second quarter all is warm; what grows with each update would be half as large again by the last. */
function grown(course: readonly Measured[]): string[] {
  return MEASURES.flatMap((name) => {
    const [early, late] = [median(secondQuarter(course), name), median(lastQuarter(course), name)];
    const [share, units] = ROOM[name];
    return late > early * (1 + share) + units ? [`${name}: ${early} -> ${late}`] : [];
  });
}

function secondQuarter(course: readonly Measured[]): readonly Measured[] {
  return course.slice(Math.floor(course.length / 4), Math.max(1, Math.floor(course.length / 2)));
}

function lastQuarter(course: readonly Measured[]): readonly Measured[] {
  return course.slice(-Math.ceil(course.length / 4));
}

function medians(part: readonly Measured[]): Record<string, number> {
  return Object.fromEntries(MEASURES.map((name) => [name, median(part, name)]));
}

/** The upper one of two in the middle. */
function median(part: readonly Measured[], name: Measure): number {
  const middle = part.map((measured) => measured[name]).sort((a, b) => a - b)[part.length >> 1];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}
