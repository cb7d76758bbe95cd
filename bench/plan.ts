import { join } from "node:path";
import { execa } from "execa";
import { HOME } from "../test/support/project.ts";
import { growthExponent } from "./exponent.ts";
import type { CatalogSize } from "./large-catalog.ts";
import { bare, type Row, verdict } from "./rows.ts";
import { type StepCost, type StepCosts, stepsSchema } from "./step-cost.ts";

/** How large N becomes; the largest takes a minute for each way to grow. */
const SIZES = (process.env["SLUICE_BENCH_SIZES"] ?? "10,100,1000,10000").split(",").map(Number);
/** What grows with N, and what stays. */
const GROWTHS: readonly (readonly [what: string, size: (n: number) => CatalogSize])[] = [
  ["N services, N flags", (n) => ({ services: n, flags: n })],
  ["N services, 100 flags", (n) => ({ services: n, flags: 100 })],
  ["100 services, N flags", (n) => ({ services: 100, flags: n })],
];
const STEPS: readonly (readonly [step: string, what: string, floor: string])[] = [
  ["parse", "config to model", "a copy of the model"],
  ["plan", "plan", "a copy of it"],
  ["traefik", "Traefik document", "a copy of it"],
  ["text", "its text in YAML", "its text in JSON"],
  ["read", "that text read back, as a kill does", "JSON read back"],
  ["flagd", "flagd document", "a copy of it"],
];
/** The exponent of growth may be this, and as much above that of the floor. */
const LINEAR = 1.1;

/** All that follows from config, for growing catalogues as `large-catalog.ts` describes them. */
export async function benchPlan(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [growth, sizeOf] of GROWTHS) {
    const runs: Run[] = [];
    for (const n of SIZES) {
      process.stderr.write(`${growth}: N = ${n} …\n`);
      runs.push({ n, costs: await takeSteps(sizeOf(n)) });
    }
    rows.push(...STEPS.map(([step, what, floor]) => timeRow(`${what}, ${growth}; floor: ${floor}`, costsOf(runs, step))));
    if (growth === GROWTHS[0]?.[0])
      rows.push(...STEPS.map(([step, what, floor]) => heapRow(`heap that it holds: ${what}; floor: ${floor}`, costsOf(runs, step))));
    rows.push(bare(`most memory of a process that does all of it, ${growth}`, runs.map(({ costs }) => `${costs.peak.toFixed(0)} MiB`).join(", ")));
  }
  return [bare("each time and memory stands for N =", SIZES.join(", ")), ...rows];
}

interface Run {
  readonly n: number;
  readonly costs: StepCosts;
}

type Cost = StepCost & { readonly n: number };

async function takeSteps(size: CatalogSize): Promise<StepCosts> {
  const { stdout } = await execa(process.execPath, ["--expose-gc", join(HOME, "bench", "plan-steps.ts"), JSON.stringify(size)], { stderr: "inherit" });
  return stepsSchema.parse(JSON.parse(stdout));
}

function costsOf(runs: readonly Run[], step: string): Cost[] {
  return runs.flatMap(({ n, costs }) => {
    const cost = costs.steps[step];
    return cost === undefined ? [] : [{ n, ...cost }];
  });
}

function timeRow(what: string, costs: readonly Cost[]): Row {
  const [own, floor] = [
    growthExponent(costs.map(({ n, time }) => ({ size: n, cost: time }))),
    growthExponent(costs.map((cost) => ({ size: cost.n, cost: cost.floor }))),
  ];
  const last = costs.at(-1);
  const held = own <= Math.max(LINEAR, floor + LINEAR - 1);
  return {
    what,
    measured: `${list(costs.map(({ time }) => time))} ms, N^${own.toFixed(2)}`,
    floor: `${list(costs.map((cost) => cost.floor))} ms, N^${floor.toFixed(2)}`,
    ratio: last === undefined ? "" : (last.time / last.floor).toFixed(2),
    limit: `N^${LINEAR}, or 0.1 above the floor: ${verdict(held)}`,
  };
}

function heapRow(what: string, costs: readonly Cost[]): Row {
  const last = costs.at(-1);
  return {
    what,
    measured: `${list(costs.map(({ heap }) => heap))} MiB`,
    floor: `${list(costs.map(({ heapFloor }) => heapFloor))} MiB`,
    ratio: last === undefined ? "" : (last.heap / last.heapFloor).toFixed(2),
    limit: "",
  };
}

/** Numbers of very different sizes, each with two digits that count. */
function list(numbers: readonly number[]): string {
  return numbers.map((number) => (Math.abs(number) >= 10 ? number.toFixed(0) : String(Number(number.toPrecision(2))))).join(", ");
}
