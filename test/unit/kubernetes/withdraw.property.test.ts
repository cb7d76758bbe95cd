import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Model } from "../../../src/config/parse.ts";
import { bucketSlot, everyoneSlot, testersSlot } from "../../../src/kubernetes/names.ts";
import { routingOf } from "../../../src/kubernetes/routing.ts";
import { type LiveRouting, withdrawFromCluster } from "../../../src/kubernetes/withdraw.ts";
import { workloadsOf } from "../../../src/kubernetes/workloads.ts";
import { dependents } from "../../../src/model/exposure.ts";
import { flagHeader } from "../../../src/model/flag-name.ts";
import { planRollout } from "../../../src/plan/plan.ts";
import type { RolloutPlan } from "../../../src/plan/rollout-plan.ts";
import { arbitraryModel } from "../../support/arbitrary-model.ts";
import { DEPLOYED } from "../../support/cluster/deployed.ts";

const RUNS = { numRuns: 100 };

describe("a flag that is withdrawn from any cluster", () => {
  it("is off in whatever any slot leads to, except where nothing without it can carry", () => {
    overFlags(({ before, after, gone, stranded }) => {
      for (const { slot, to } of destinations(after)) {
        const from = destinations(before).find((one) => one.slot === slot)?.to;
        if (from !== undefined && stranded.includes(from)) continue;
        expect(flagsSeen(after, to).filter((flag) => gone.includes(flag))).toEqual([]);
      }
    });
  });

  it("gives nobody a flag, and leads nobody to another service", () => {
    overFlags(({ before, after }) => {
      const earlier = new Map(destinations(before).map(({ slot, to }) => [slot, to]));
      for (const { slot, to } of destinations(after)) {
        const from = earlier.get(slot) ?? "";
        expect(flagsSeen(before, from)).toEqual(expect.arrayContaining([...flagsSeen(after, to)]));
        expect(to.split("--")[0]).toBe(from.split("--")[0]);
      }
    });
  });

  it("moves no slot to what cannot carry, and strands only where nothing can", () => {
    overFlags(({ before, after, carrying, stranded, gone }) => {
      const earlier = new Map(destinations(before).map(({ slot, to }) => [slot, to]));
      for (const { slot, to } of destinations(after)) if (earlier.get(slot) !== to) expect(carrying(to)).toBe(true);
      for (const leaf of stranded) {
        const rest = (before.legend[leaf] ?? []).filter((flag) => !gone.includes(flag));
        const able = Object.entries(before.legend).filter(
          ([other, flags]) => other.split("--")[0] === leaf.split("--")[0] && flags.every((flag) => rest.includes(flag)) && carrying(other),
        );
        expect(able).toEqual([]);
      }
    });
  });

  it("takes away its gated routes and no other", () => {
    overFlags(({ plan, before, after, gone }) => {
      const gated = Object.values(plan.services).flatMap(({ routes }) => routes.filter(({ gatedBy }) => gatedBy !== null && gone.includes(gatedBy)));
      const isGated = (route: string): boolean => gated.some(({ name }) => route === name || route === `${name}.testers`);
      expect(after.routes).toEqual(before.routes.filter((route) => !isGated(route)));
    });
  });

  it("leaves weights, ports, cookies, and whoever had not the flag as they were", () => {
    overFlags(({ before, after, gone }) => {
      for (const slot of before.slots) {
        const left = after.slots.find(({ name }) => name === slot.name);
        const blank = ({ spec }: typeof slot): unknown => ({
          ...spec,
          weighted: { ...spec.weighted, services: spec.weighted.services.map((child) => ({ ...child, name: "", middlewares: child.middlewares?.slice(1) })) },
        });
        expect(left === undefined ? null : blank(left)).toEqual(blank(slot));
        const had = slot.spec.weighted.services.some(({ name }) => flagsSeen(before, name).some((flag) => gone.includes(flag)));
        if (!had) expect(left).toEqual(slot);
      }
    });
  });

  it("follows the way that the child leads with the Middleware of the variant", () => {
    overFlags(({ after }) => {
      for (const { spec } of after.slots) {
        for (const child of spec.weighted.services) if (child.kind === "Service") expect(child.middlewares?.[0]?.name).toBe(child.name);
      }
    });
  });

  it("changes nothing the second time", () => {
    overFlags(({ after, gone, carrying }) => {
      const again = withdrawFromCluster(after, { flags: gone, routes: [] }, carrying);
      expect({ ...again, stranded: [] }).toEqual({ slots: [], middlewares: [], routesGone: [], stranded: [] });
    });
  });

  it("strands nobody while everything carries and it is not settled", () => {
    overFlags(({ plan, flag, stranded, all }) => {
      if (all && plan.flags[flag]?.settled !== true) expect(stranded).toEqual([]);
    });
  });
});

describe("a second flag that is withdrawn", () => {
  it("leaves the first off, in the headers and in the mark", () => {
    const middleware = (agent: string, mark: string) => ({
      headers: { customRequestHeaders: { [flagHeader("A")]: agent, [flagHeader("B")]: "true" }, customResponseHeaders: { "X-Sluice-Variant": mark } },
    });
    const live: LiveRouting = {
      legend: { "x--a-b-1": ["A", "B"] },
      slots: [],
      middlewares: [{ name: "x--a-b-1", spec: middleware("false", "?") }],
      routes: [],
    };
    const [changed] = withdrawFromCluster(live, { flags: ["B"], routes: [] }, () => true).middlewares;
    const both = { ...live, middlewares: [{ name: "x--a-b-1", spec: middleware("true", "?") }] };
    const [atOnce] = withdrawFromCluster(both, { flags: ["A", "B"], routes: [] }, () => true).middlewares;
    expect(changed).toEqual(atOnce);
  });
});

interface Case {
  readonly flag: string;
  readonly plan: RolloutPlan;
  /** The flag and those that require it. */
  readonly gone: readonly string[];
  readonly before: LiveRouting;
  readonly after: LiveRouting;
  readonly stranded: readonly string[];
  readonly carrying: (leaf: string) => boolean;
  /** Whether every leaf carries. */
  readonly all: boolean;
}

/** Every flag of any model, withdrawn from the routing of its plan, with every or any leaf able to carry. */
function overFlags(check: (drawn: Case) => void): void {
  fc.assert(
    fc.property(arbitraryModel(), fc.option(fc.nat({ max: 1_000 }), { nil: null }), ({ catalog, settings }: Model, salt) => {
      const plan = planRollout(catalog, settings);
      const before = liveRouting(plan);
      const carrying = (leaf: string): boolean => salt === null || Array.from(leaf).reduce((sum, letter) => sum + letter.charCodeAt(0), salt) % 3 !== 0;
      for (const flag of Object.keys(catalog.flags)) {
        const gone = [...dependents(catalog, flag)];
        const { slots, middlewares, routesGone, stranded } = withdrawFromCluster(before, { flags: gone, routes: [] }, carrying);
        const after: LiveRouting = {
          legend: before.legend,
          slots: before.slots.map((slot) => slots.find(({ name }) => name === slot.name) ?? slot),
          middlewares: before.middlewares.map((one) => middlewares.find(({ name }) => name === one.name) ?? one),
          routes: before.routes.filter((route) => !routesGone.includes(route)),
        };
        check({ flag, plan, gone, before, after, stranded, carrying, all: salt === null });
      }
    }),
    RUNS,
  );
}

function liveRouting(plan: RolloutPlan): LiveRouting {
  const services = Object.fromEntries(Object.keys(plan.services).map((name) => [name, DEPLOYED]));
  const { leaves } = workloadsOf(plan, { services, existing: {} });
  const { middlewares, slots, routes, testerRoutes } = routingOf(plan, { entryPoints: [], tlsSecret: null, nativeLB: false }, leaves);
  return {
    legend: Object.fromEntries(leaves.map(({ name, variant }) => [name, variant.flags])),
    slots,
    middlewares,
    routes: [...routes, ...testerRoutes].map(({ name }) => name),
  };
}

/** Where each slot leads that leads to a variant. */
function destinations({ slots, legend }: LiveRouting): { readonly slot: string; readonly to: string }[] {
  const known = new Set(Object.keys(legend).map((leaf) => leaf.split("--")[0] ?? ""));
  const named = new Set(
    [...known].flatMap((service) => [everyoneSlot(service), testersSlot(service), ...BUCKETS.map((bucket) => bucketSlot(service, bucket))]),
  );
  return slots
    .filter(({ name }) => named.has(name))
    .flatMap(({ name, spec }) => spec.weighted.services.filter(({ kind }) => kind === "Service").map((child) => ({ slot: name, to: child.name })));
}

const BUCKETS = [1, 2, 3, 4, 5, 6];

/** The flags that the pods behind a leaf see: what they are told, or what they were made with. */
function flagsSeen({ legend, middlewares }: LiveRouting, leaf: string): readonly string[] {
  const told = middlewares.find(({ name }) => name === leaf)?.spec.headers?.customRequestHeaders;
  const flags = legend[leaf] ?? [];
  return told === undefined ? flags : flags.filter((flag) => told[flagHeader(flag)] === "true");
}
