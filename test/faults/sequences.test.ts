import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask } from "../../src/net/ask.ts";
import { type Load, startLoad } from "../../src/operations/demo/load.ts";
import { readProject } from "../../src/operations/project.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { readStatus } from "../../src/operations/status/read-status.ts";
import { verifyStage } from "../../src/operations/verify/verify.ts";
import { extent, SEED } from "../support/extent.ts";
import { killCatalog } from "../support/kill.ts";
import { makeProject, type TestProject, writeCatalog } from "../support/project.ts";
import { seededRandom } from "../support/random.ts";
import { expectAgreement } from "../support/reference/agree.ts";
import { BY_HAND, doStep, writeFlags } from "../support/reference/do-step.ts";
import { now, type StageModel } from "../support/reference/stage-model.ts";
import { inverse, isPossible, possibleSteps, type Step, taken } from "../support/reference/step.ts";
import { serveStages } from "../support/serving.ts";
import { mustUp } from "../support/stage-commands.ts";
import { until } from "../support/wait.ts";

const SEQUENCES = extent(100, 2);
/** A busy machine does fewer, and says so; with less than these, the test has seen too little. */
const FEWEST = extent(25, 1);
/** Steps of a sequence. */
const LENGTH = 2;
/** No sequence is begun later, in milliseconds. */
const TIME_LIMIT = extent(600_000, 60_000);

/** All sequences are of one stage, each begins where the one before ended: so that the history which a rollback goes through is long. */
let model: StageModel;
let test: TestProject;
let serving: Serving;
let load: Load;
const random = seededRandom(SEED);
const counts = new Map<string, number>();

beforeAll(async () => {
  test = await makeProject();
  await writeCatalog(test.root, watchedCatalog());
  await test.pulumi(["stack", "init", "dev"]);
  model = [{ settings: { agent: 0, transcripts: 0, killed: [] }, kind: "forth", back: null, flag: null }];
  await writeFlags(test, now(model));
  await mustUp(test);
  serving = await serveStages(test.root, ["dev"]);
  // A promotion waits for visitors of both variants.
  load = startLoad(test.urlOf("dev"), "/voice", "sluice-1=x", 2, 40);
});
afterAll(async () => {
  await load.stop();
  await serving.stop();
  await test.remove();
});

describe(`${FEWEST} to ${SEQUENCES} random sequences of changes (seed ${SEED})`, () => {
  it("leave state, history, document and traffic as a simple model has them, after each step", { timeout: 1_200_000 }, async () => {
    await expectAgreement(test, model);
    const end = performance.now() + TIME_LIMIT;
    let sequence = 0;
    while (sequence < SEQUENCES && performance.now() < end) {
      sequence += 1;
      // Half of the steps are followed by their inverse.
      let undoing: Step | null = null;
      for (let step = 1; step <= LENGTH; step += 1) {
        const next: Step = undoing !== null && isPossible(model, undoing) ? undoing : drawn(possibleSteps(model));
        undoing = undoing === null && random() < 0.5 ? inverse(model, next) : null;
        await expectStep(next, `sequence ${sequence}, step ${step}`);
      }
    }
    const { requests, lost } = await load.stop();
    console.log(
      `seed ${SEED}: ${sequence} sequences, ${model.length} updates, ${requests} requests; ${[...counts].map(([kind, count]) => `${kind} ${count}`).join(", ")}`,
    );
    expect(sequence).toBeGreaterThanOrEqual(FEWEST);
    expect([requests > 0, lost]).toEqual([true, 0]);
  });
});

/** Takes a step in the stage and in the model, and holds them against each other. */
async function expectStep(step: Step, where: string): Promise<void> {
  counts.set(step.kind, (counts.get(step.kind) ?? 0) + 1);
  const after = taken(model, step);
  try {
    expect(await doStep(test, step, now(after), expectDrift)).toBe(after !== model);
    model = after;
    await expectAgreement(test, model);
  } catch (error) {
    throw new Error(`seed ${SEED}, ${where}: ${JSON.stringify(step)} after ${JSON.stringify(model)}`, { cause: error });
  }
}

/** A document that someone has edited is seen by the status and by a verification, before anything takes it back. */
async function expectDrift(): Promise<void> {
  expect((await readStatus(test.root, new Date())).stages["dev"]?.drift).toMatchObject([{ name: "traefik.yaml", state: "differs" }]);
  const { checks } = await verifyStage(await readProject(test.root), "dev", { visitors: 1, onProgress: () => undefined });
  expect(checks.filter(({ state }) => state === "fail").map(({ name }) => name)).toContain("drift");
  await until("Traefik has what was written by hand", async () => (await ask(test.urlOf("dev"), { path: BY_HAND })).status === 200);
}

function drawn(steps: readonly Step[]): Step {
  const kinds = [...new Set(steps.map(({ kind }) => kind))];
  const kind = kinds[Math.floor(random() * kinds.length)];
  const alike = steps.filter((step) => step.kind === kind);
  const step = alike[Math.floor(random() * alike.length)];
  if (step === undefined) throw new Error("no step is possible");
  return step;
}

/** The catalogue of kills, whose flags are promoted within a second. */
function watchedCatalog(): Record<string, unknown> {
  const catalog = z.looseObject({ flags: z.record(z.string(), z.looseObject({})) }).parse(killCatalog());
  const watch = { duration: "1s", interval: "1s", minimumRequests: 1, metrics: { errors: { kind: "error-ratio", limit: 0.5, compare: false } } };
  return { ...catalog, flags: Object.fromEntries(Object.entries(catalog.flags).map(([name, flag]) => [name, { ...flag, watch }])) };
}
