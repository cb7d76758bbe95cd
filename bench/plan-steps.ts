/**
 * Takes a stage of one size through all that follows from its config, in a process of its own: `node --expose-gc
 * bench/plan-steps.ts '{"services":10,"flags":10}'` prints what each step took, beside its floor.
 */
import { z } from "zod";
import { parseConfig } from "../src/config/parse.ts";
import { flagdDocument } from "../src/flagd/document.ts";
import { planRollout } from "../src/plan/plan.ts";
import { traefikDocument } from "../src/traefik/document.ts";
import { documentText, legendOf, readDocument } from "../src/traefik/text.ts";
import { largeConfig } from "./large-catalog.ts";
import { median } from "./rows.ts";
import type { StepCost, StepCosts } from "./step-cost.ts";

/** A step is repeated until this time is over, in milliseconds, but not less or more often than this. */
const [BUDGET, LEAST, MOST] = [1_000, 3, 200];

const sizeSchema = z.object({ services: z.int().min(1), flags: z.int().min(1) });

process.stdout.write(JSON.stringify(takeSteps(sizeSchema.parse(JSON.parse(process.argv[2] ?? "")))));

function takeSteps(size: z.infer<typeof sizeSchema>): StepCosts {
  const { catalog, settings } = largeConfig(size);
  const parse = (): ReturnType<typeof parseConfig> => parseConfig({ stage: "dev", catalog: { ...catalog }, settings, plainKeys: [], secretPaths: [] });
  const parsed = parse();
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults[0]));
  const { model } = parsed;
  const plan = planRollout(model.catalog, model.settings);
  const legend = legendOf(plan);
  const makeDocument = (): ReturnType<typeof traefikDocument> => traefikDocument(plan, () => "http://127.0.0.1:8080");
  const document = makeDocument();
  const text = documentText(document, legend);
  const json = JSON.stringify(document);
  const flagd = flagdDocument(plan);
  const steps = {
    parse: costOf(parse, () => structuredClone(model)),
    plan: costOf(
      () => planRollout(model.catalog, model.settings),
      () => structuredClone(plan),
    ),
    traefik: costOf(makeDocument, () => structuredClone(document)),
    text: costOf(
      () => documentText(document, legend),
      () => JSON.stringify(document),
    ),
    read: costOf(
      () => readDocument(text),
      (): unknown => JSON.parse(json),
    ),
    flagd: costOf(
      () => flagdDocument(plan),
      () => structuredClone(flagd),
    ),
  };
  return { steps, peak: process.resourceUsage().maxRSS / 1024 };
}

function costOf(make: () => unknown, makeFloor: () => unknown): StepCost {
  const [times, floors]: [number[], number[]] = [[], []];
  const until = performance.now() + BUDGET;
  for (let round = 0; round < LEAST || (round < MOST && performance.now() < until); round += 1) {
    times.push(timeOf(make));
    floors.push(timeOf(makeFloor));
  }
  return { time: median(times), floor: median(floors), heap: heapOf(make), heapFloor: heapOf(makeFloor) };
}

function timeOf(make: () => unknown): number {
  const started = performance.now();
  make();
  return performance.now() - started;
}

/** How much of the heap what was made holds, in MiB; what code holds that ran for the first time is there before. */
function heapOf(make: () => unknown): number {
  make();
  const before = heapUsed();
  const made = [make()];
  const grown = heapUsed() - before;
  made.pop();
  return grown / 1024 ** 2;
}

function heapUsed(): number {
  if (globalThis.gc === undefined) throw new Error("run it with node --expose-gc");
  // What the first finds to be finalized, the second frees.
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
