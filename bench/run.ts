/**
 * Measures Sluice against a floor in the same run and quotes ratios: times of a shared machine mean
 * little by themselves. `npm run bench`, or `npm run bench -- operations` for one part.
 */
import { benchEngine } from "./engine.ts";
import { benchKubernetes } from "./kubernetes.ts";
import { benchOperations } from "./operations.ts";
import { benchPlan } from "./plan.ts";
import { type Row, renderRows } from "./rows.ts";

const PARTS: Readonly<Record<string, () => Row[] | Promise<Row[]>>> = {
  plan: benchPlan,
  engine: benchEngine,
  operations: benchOperations,
  kubernetes: benchKubernetes,
};

process.env["PULUMI_CONFIG_PASSPHRASE"] ??= "";
const wanted = process.argv.slice(2);
const rows: Row[] = [];
for (const [name, bench] of Object.entries(PARTS)) {
  if (wanted.length === 0 || wanted.includes(name)) rows.push(...(await bench()));
}
process.stdout.write(`${renderRows(rows)}\n`);
