import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketSlot, everyoneSlot, newcomersSlot, testersRoute, testersSlot } from "../../../src/kubernetes/names.ts";
import { routingOf } from "../../../src/kubernetes/routing.ts";
import type { IngressRouteSpec, Named, Routing, TraefikServiceSpec } from "../../../src/kubernetes/routing-types.ts";
import { type Leaf, workloadsOf } from "../../../src/kubernetes/workloads.ts";
import { planRollout } from "../../../src/plan/plan.ts";
import type { RolloutPlan } from "../../../src/plan/rollout-plan.ts";
import { bucketRule } from "../../../src/traefik/routers.ts";
import { arbitraryModel } from "../../support/arbitrary-model.ts";
import { DEPLOYED } from "../../support/cluster/deployed.ts";
import { modelFrom } from "../../support/model.ts";

const FRAME = { entryPoints: [], tlsSecret: null, nativeLB: false };
const RUNS = { numRuns: 200 };

describe("the routing of any plan", () => {
  it("leads each bucket to the one variant of its cohort, from every route of a service", () => {
    overPlans(({ plan, routing, leaves }) => {
      for (const [name, service] of Object.entries(plan.services)) {
        for (const { variant, buckets } of service.cohorts) {
          for (const bucket of buckets) {
            for (const route of service.routes.filter(({ testersOnly }) => !testersOnly)) {
              const rules = named(routing.routes, route.name).routes;
              const [rule, ...more] = rules.filter(({ match }) => match === bucketRule(route.rule, bucket));
              expect(more).toEqual([]);
              const from = rule ?? rules.find(({ match }) => match === route.rule);
              expect(from?.services.map((slot) => slot.name)).toEqual([service.cohorts.length > 1 ? bucketSlot(name, bucket) : everyoneSlot(name)]);
              expect(variantsBehind(routing, leaves, from?.services[0]?.name ?? "")).toEqual({ [variant]: 1 });
            }
          }
        }
      }
    });
  });

  it("spreads newcomers over the variants by the weights of their cohorts, and gives each the cookie of the bucket it comes by", () => {
    overPlans(({ plan, routing, leaves }) => {
      for (const [name, { cohorts }] of Object.entries(plan.services)) {
        const spread = variantsBehind(routing, leaves, cohorts.length > 1 ? newcomersSlot(name) : everyoneSlot(name));
        const share = cohorts.length > 1 ? Object.fromEntries(cohorts.map(({ variant, weight }) => [variant, weight])) : { [cohorts[0]?.variant ?? ""]: 1 };
        expect(spread).toEqual(share);
        const sticky = routing.slots.filter(({ service, spec }) => service === name && spec.weighted.sticky !== undefined);
        expect(sticky.map((slot) => [slot.name, slot.spec.weighted.sticky?.cookie.name])).toEqual(
          cohorts.length > 1 ? cohorts.flatMap(({ buckets }) => buckets).map((bucket) => [bucketSlot(name, bucket), `sluice-${bucket}`]) : [],
        );
      }
    });
  });

  it("spreads nobody by a rule beside which none knows their bucket, also while slots and rules are of two plans", () => {
    overPlans(({ plan, routing }) => {
      const spreading = routing.slots.filter(({ spec }) => spec.weighted.services.some(({ kind }) => kind === "TraefikService")).map(({ name }) => name);
      const split = Object.entries(plan.services).filter(([, { cohorts }]) => cohorts.length > 1);
      // The names are of one kind for good, so it is enough that the rules of any plan keep to them.
      expect(spreading).toEqual(split.map(([name]) => newcomersSlot(name)));
      for (const { service, spec } of routing.routes) {
        const led = spec.routes.flatMap(({ services }) => services.map(({ name }) => name));
        expect(led.includes(newcomersSlot(service ?? ""))).toBe(spec.routes.length > 1);
      }
    });
  });

  it("leads testers to their variant, above every bucket, and the narrower bucket above the wider", () => {
    overPlans(({ plan, routing, leaves }) => {
      for (const [name, service] of Object.entries(plan.services)) {
        if (service.testers === null) {
          expect(routing.testerRoutes.filter((route) => route.service === name)).toEqual([]);
          continue;
        }
        expect(variantsBehind(routing, leaves, testersSlot(name))).toEqual({ [service.testers]: 1 });
        for (const route of service.routes) {
          const [tester] = named(routing.testerRoutes, testersRoute(route.name)).routes;
          const others = route.testersOnly ? [] : named(routing.routes, route.name).routes;
          const order = others.toSorted((a, b) => a.priority - b.priority).map(({ match }) => match);
          const buckets = service.cohorts.length > 1 ? plan.buckets.map(({ id }) => bucketRule(route.rule, id)).reverse() : [];
          expect(order).toEqual(route.testersOnly ? [] : [route.rule, ...buckets]);
          expect(new Set(others.map(({ priority }) => priority)).size).toBe(others.length);
          for (const { priority } of others) expect(tester?.priority).toBeGreaterThan(priority);
        }
      }
    });
  });

  it("leads to nothing that is not there, and has each name once", () => {
    overPlans(({ routing, leaves, workloads }) => {
      const there = {
        Service: leaves.map(({ name }) => name),
        TraefikService: routing.slots.map(({ name }) => name),
        Middleware: routing.middlewares.map(({ name }) => name),
        IngressRoute: [...routing.routes, ...routing.testerRoutes].map(({ name }) => name),
        Deployment: workloads,
      };
      for (const names of Object.values(there)) expect(new Set(names).size).toBe(names.length);
      // Each has a size limit of its own: a label for Services and label values, a subdomain for what only Traefik reads.
      for (const name of [...there.Service, ...there.Deployment]) expect(name).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
      for (const name of [...there.TraefikService, ...there.Middleware, ...there.IngressRoute]) expect(name).toMatch(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
      const children = routing.slots.flatMap(({ spec }) => spec.weighted.services);
      for (const child of children) expect(there[child.kind]).toContain(child.name);
      const rules = [...routing.routes, ...routing.testerRoutes].flatMap(({ spec }) => spec.routes);
      for (const slot of rules.flatMap(({ services }) => services)) expect(there.TraefikService).toContain(slot.name);
      const used = [...children.flatMap((child) => (child.kind === "Service" ? child.middlewares : [])), ...rules.flatMap(({ middlewares }) => middlewares)];
      for (const { name } of used) expect(there.Middleware).toContain(name);
    });
  });
});

describe("a change of exposure", () => {
  const at = (exposure: number): Routing => {
    const { catalog, settings } = modelFrom({ flags: { AGENT_ENABLED: exposure } });
    const plan = planRollout(catalog, settings);
    return routingOf(plan, FRAME, leavesOf(plan).leaves);
  };
  it.each([
    [1, 5, [2]],
    [5, 25, [3]],
    [25, 50, [4]],
    [50, 1, [2, 3, 4]],
  ])("from %i to %i per cent is a change of the slots of buckets %j, and of nothing else", (from, to, moved) => {
    const [before, after] = [at(from), at(to)];
    const changed = after.slots.filter((slot) => JSON.stringify(slot) !== JSON.stringify(before.slots.find(({ name }) => name === slot.name)));
    expect(changed.map(({ name }) => name)).toEqual(["billing-api", "voice-api"].flatMap((service) => moved.map((bucket) => bucketSlot(service, bucket))));
    expect({ ...after, slots: [] }).toEqual({ ...before, slots: [] });
    expect(after.slots.map(({ name }) => name)).toEqual(before.slots.map(({ name }) => name));
  });
});

interface Case {
  readonly plan: RolloutPlan;
  readonly routing: Routing;
  readonly leaves: readonly Leaf[];
  readonly workloads: readonly string[];
}

function overPlans(check: (drawn: Case) => void): void {
  fc.assert(
    fc.property(arbitraryModel(), ({ catalog, settings }) => {
      const plan = planRollout(catalog, settings);
      const { leaves, workloads } = leavesOf(plan);
      check({ plan, leaves, routing: routingOf(plan, FRAME, leaves), workloads: workloads.map(({ name }) => name) });
    }),
    RUNS,
  );
}

function leavesOf(plan: RolloutPlan): ReturnType<typeof workloadsOf> {
  return workloadsOf(plan, { services: Object.fromEntries(Object.keys(plan.services).map((name) => [name, DEPLOYED])), existing: {} });
}

function named<Spec extends IngressRouteSpec | TraefikServiceSpec>(list: readonly Named<Spec>[], name: string): Spec {
  const found = list.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found.spec;
}

/** The variants that a slot leads to at last, with their weights. */
function variantsBehind(routing: Routing, leaves: readonly Leaf[], slot: string): Record<string, number> {
  const weights: Record<string, number> = {};
  for (const child of named(routing.slots, slot).weighted.services) {
    const below =
      child.kind === "Service" ? { [leaves.find(({ name }) => name === child.name)?.variant.name ?? ""]: 1 } : variantsBehind(routing, leaves, child.name);
    for (const variant of Object.keys(below)) weights[variant] = (weights[variant] ?? 0) + child.weight;
  }
  return weights;
}
