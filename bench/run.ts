/**
 * Measures Sluice against a floor in the same run and quotes ratios: times of a shared machine mean
 * little by themselves. `npm run bench`
 */
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Table from "cli-table3";
import { execa } from "execa";
import { stringify } from "yaml";
import type { Catalog } from "../src/model/catalog.ts";
import type { StageSettings } from "../src/model/settings.ts";
import { engineEnvironment, pulumiRoot } from "../src/operations/engine.ts";
import { planRollout } from "../src/plan/plan.ts";
import { UNWATCHED } from "../test/support/model.ts";
import { HOME, makeProject } from "../test/support/project.ts";

const ROUNDS = 7;

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly floor: string;
  readonly ratio: string;
  readonly limit: string;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

/** `pulumi preview` and `pulumi up` of a stage beside the same of an empty program, in turn. */
async function benchEngine(): Promise<Row[]> {
  const stage = await makeProject();
  const empty = join(HOME, ".sluice", "tests", "empty");
  await rm(empty, { recursive: true, force: true });
  await mkdir(join(empty, ".state"), { recursive: true });
  await symlink(join(HOME, "node_modules"), join(empty, "node_modules"));
  await writeFile(
    join(empty, "Pulumi.yaml"),
    stringify({ name: "empty", runtime: { name: "nodejs", options: { typescript: false } }, main: "index.ts", backend: { url: "file://./.state" } }),
  );
  await writeFile(join(empty, "package.json"), JSON.stringify({ name: "empty", type: "module" }));
  await writeFile(join(empty, "index.ts"), "export const nothing: number = 1;\n");
  const pulumi = async (cwd: string, args: readonly string[]): Promise<number> => {
    const started = performance.now();
    await execa(join(pulumiRoot(), "bin", "pulumi"), [...args, "--non-interactive", "--stack", "dev"], {
      cwd,
      env: { ...engineEnvironment(), PATH: `${join(pulumiRoot(), "bin")}:${process.env["PATH"] ?? ""}` },
    });
    return performance.now() - started;
  };
  const rows: Row[] = [];
  try {
    for (const cwd of [empty, stage.root]) {
      await pulumi(cwd, ["stack", "init"]);
      await pulumi(cwd, ["up", "--yes", "--skip-preview"]);
    }
    for (const args of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const floors: number[] = [];
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        floors.push(await pulumi(empty, args));
        times.push(await pulumi(stage.root, args));
      }
      const ratio = median(times) / median(floors);
      rows.push({
        what: `pulumi ${args[0] ?? ""} of a stage, floor: an empty program`,
        measured: `${median(times).toFixed(0)} ms`,
        floor: `${median(floors).toFixed(0)} ms`,
        ratio: ratio.toFixed(2),
        limit: `1.5 ${ratio <= 1.5 ? "held" : "MISSED"}`,
      });
    }
  } finally {
    await stage.remove();
    await rm(empty, { recursive: true, force: true });
  }
  return rows;
}

/** Services of which each reads a fifth of 200 flags, in all exposures. */
function largeModel(serviceCount: number): { catalog: Catalog; settings: StageSettings } {
  const steps = [1, 5, 25, 50, 100];
  const names = Array.from({ length: serviceCount }, (_, index) => `service-${index}`);
  const services = Object.fromEntries(
    names.map((name) => [name, { rule: `PathPrefix(\`/${name}\`)`, priority: null, delivery: "header" as const, command: [] }]),
  );
  const flags = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [
      `FLAG_${index}`,
      {
        description: "x",
        owner: "x",
        expires: "2099-01-01",
        services: names.filter((_name, at) => (at + index) % 5 === 0),
        routes: {},
        requires: [],
        ...UNWATCHED,
      },
    ]),
  );
  const settings = Object.fromEntries(
    Object.keys(flags).map((flag, index) => [flag, { exposure: [0, ...steps][index % 6] ?? 0, testers: false, settled: false }]),
  );
  return {
    catalog: { stages: ["dev"], steps, cookie: { secure: false, domain: null, maxAge: 60 }, freezes: [], services, flags },
    settings: {
      stage: "dev",
      target: "local",
      flags: settings,
      kill: {},
      overrides: {},
      approvals: {},
      differs: {},
      prometheus: null,
      hasTesterSecret: false,
      hasWebhook: false,
      local: { host: "", port: 1, adminPort: 2, workloadPorts: {}, directory: null },
    },
  };
}

/** The plan for growing catalogues; the floor is a copy of the finished plan. */
function benchPlan(): Row[] {
  const timeOf = (count: number): { plan: number; copy: number } => {
    const { catalog, settings } = largeModel(count);
    const plans: number[] = [];
    const copies: number[] = [];
    for (let round = 0; round < ROUNDS + 3; round += 1) {
      const started = performance.now();
      const plan = planRollout(catalog, settings);
      plans.push(performance.now() - started);
      const copying = performance.now();
      structuredClone(plan);
      copies.push(performance.now() - copying);
    }
    return { plan: median(plans), copy: median(copies) };
  };
  const sizes = [250, 500, 1000, 2000];
  const results = sizes.map((size) => ({ size, ...timeOf(size) }));
  const rows = results.map(({ size, plan, copy }) => ({
    what: `plan of ${size} services and 200 flags, floor: a copy of it`,
    measured: `${plan.toFixed(1)} ms`,
    floor: `${copy.toFixed(1)} ms`,
    ratio: (plan / copy).toFixed(2),
    limit: size === 1000 ? `100 ms ${plan < 100 ? "held" : "MISSED"}` : "",
  }));
  const growth = (results[3]?.plan ?? 0) / (results[1]?.plan ?? 1);
  return [
    ...rows,
    {
      what: "growth of the plan from 500 to 2000 services",
      measured: `${growth.toFixed(1)} times`,
      floor: "4 times",
      ratio: (growth / 4).toFixed(2),
      limit: "linear: near 1",
    },
  ];
}

const table = new Table({ head: ["what", "measured", "floor", "ratio", "limit"], style: { head: [], border: [] } });
for (const row of [...benchPlan(), ...(await benchEngine())]) table.push([row.what, row.measured, row.floor, row.ratio, row.limit]);
process.stdout.write(`${table.toString()}\n`);
