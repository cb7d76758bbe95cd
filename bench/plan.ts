import type { Catalog } from "../src/model/catalog.ts";
import type { StageSettings } from "../src/model/settings.ts";
import { planRollout } from "../src/plan/plan.ts";
import { UNWATCHED } from "../test/support/model.ts";
import { median, ROUNDS, type Row } from "./rows.ts";

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
      target: { kind: "local", host: "", port: 1, adminPort: 2, workloadPorts: {}, directory: null },
      flags: settings,
      kill: {},
      overrides: {},
      approvals: {},
      differs: {},
      prometheus: null,
      monitoring: null,
      hasTesterSecret: false,
      hasWebhook: false,
    },
  };
}

/** The plan for growing catalogues; the floor is a copy of the finished plan. */
export function benchPlan(): Row[] {
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
