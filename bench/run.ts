/**
 * Measures Sluice against a floor in the same run and quotes ratios: times of a shared machine mean
 * little by themselves. `npm run bench`, or `npm run bench -- operations` for one part; with `--save`
 * the figures go to `bench/results`, from which `npm run generate` makes docs/performance.md.
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BENCH_PARTS, type BenchPart, type BenchResults } from "../src/operations/documents/performance.ts";
import { HOME } from "../test/support/project.ts";
import { benchEngine } from "./engine.ts";
import { benchKubernetes } from "./kubernetes.ts";
import { benchOperations } from "./operations.ts";
import { benchPlan } from "./plan.ts";
import { type Row, renderRows } from "./rows.ts";
import { benchSafety } from "./safety.ts";
import { benchTraefik } from "./traefik.ts";

const BENCHES: Readonly<Record<BenchPart, () => Row[] | Promise<Row[]>>> = {
  plan: benchPlan,
  traefik: benchTraefik,
  engine: benchEngine,
  operations: benchOperations,
  safety: benchSafety,
  kubernetes: benchKubernetes,
};
const GIB = 1024 ** 3;

process.env["PULUMI_CONFIG_PASSPHRASE"] ??= "";
const { values, positionals } = parseArgs({ options: { save: { type: "boolean", default: false } }, allowPositionals: true });
const unknown = positionals.find((name) => !BENCH_PARTS.some((part) => part === name));
if (unknown !== undefined) throw new Error(`no part of the bench is called ${unknown}; there are ${BENCH_PARTS.join(", ")}`);

for (const part of BENCH_PARTS.filter((name) => positionals.length === 0 || positionals.includes(name))) {
  const rows = await BENCHES[part]();
  process.stdout.write(`${renderRows(rows)}\n`);
  if (values.save) await save(part, rows);
}

async function save(part: BenchPart, rows: Row[]): Promise<void> {
  const results: BenchResults = {
    day: new Date().toISOString().slice(0, 10),
    machine: `${process.platform} ${process.arch}, ${availableParallelism()} cores, ${Math.round(totalmem() / GIB)} GiB, Node.js ${process.versions.node}`,
    rows,
  };
  await writeFile(join(HOME, "bench", "results", `${part}.json`), `${JSON.stringify(results, null, 2)}\n`);
}
