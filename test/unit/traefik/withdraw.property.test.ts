import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Model } from "../../../src/config/parse.ts";
import { dependents } from "../../../src/model/exposure.ts";
import { planRollout } from "../../../src/plan/plan.ts";
import type { RolloutPlan } from "../../../src/plan/rollout-plan.ts";
import { traefikDocument } from "../../../src/traefik/document.ts";
import { documentText, type Legend, legendOf, type ReadDocument, readDocument } from "../../../src/traefik/text.ts";
import { type Withdrawal, withdraw } from "../../../src/traefik/withdraw.ts";
import { arbitraryModel } from "../../support/arbitrary-model.ts";

const RUNS = { numRuns: 100 };
const everything = (): boolean => true;

describe("a flag that is withdrawn from any document", () => {
  it("is off in whatever bucket, route and tester reach, except where nothing without it runs", () => {
    overFlags(({ plan, before, after, withdrawal, moves }) => {
      for (const { visitor, from } of visitsOf(before.document, plan)) {
        const to = reach(after.document, visitor);
        if (to === null || (from !== null && moves[from] === null)) continue;
        expect(withdrawal.flags.filter((flag) => after.legend[to]?.includes(flag))).toEqual([]);
      }
    });
  });

  it("gives nobody a flag, and takes nobody to another service", () => {
    overFlags(({ plan, before, after }) => {
      for (const { visitor, from } of visitsOf(before.document, plan)) {
        const to = reach(after.document, visitor);
        if (to === null || from === null) continue;
        const had = before.legend[from] ?? [];
        for (const flag of after.legend[to] ?? ["unknown"]) expect(had).toContain(flag);
        expect(to.split("--")[0]).toBe(from.split("--")[0]);
      }
    });
  });

  it("takes away its gated routes and no other router", () => {
    overFlags(({ plan, before, after, withdrawal }) => {
      const gated = Object.values(plan.services).flatMap(({ routes }) =>
        routes.filter(({ gatedBy }) => gatedBy !== null && withdrawal.flags.includes(gatedBy)),
      );
      const isGated = (router: string): boolean => gated.some(({ name }) => router === name || router.startsWith(`${name}.`));
      expect(Object.keys(after.document.http.routers)).toEqual(Object.keys(before.document.http.routers).filter((router) => !isGated(router)));
    });
  });

  it("leaves all else as it was: rules, priorities, weights, cookies, workloads, headers", () => {
    overFlags(({ plan, before, after, moves }) => {
      const routers = Object.entries(after.document.http.routers);
      for (const [name, router] of routers) expect({ ...router, service: "" }).toEqual({ ...before.document.http.routers[name], service: "" });
      for (const [name, service] of Object.entries(before.document.http.services)) {
        const children = service.weighted?.services.map((child) => ({ ...child, name: moves[child.name] ?? child.name }));
        expect(after.document.http.services[name]).toEqual(
          children === undefined ? service : { ...service, weighted: { ...service.weighted, services: children } },
        );
      }
      expect(after.document.http.middlewares).toMatchObject(before.document.http.middlewares);
      const untouched = Object.keys(before.legend).filter((variant) => !(variant in moves));
      for (const { visitor, from } of visitsOf(before.document, plan)) {
        const to = reach(after.document, visitor);
        if (to !== null && from !== null && untouched.includes(from)) expect(to).toBe(from);
      }
    });
  });

  it("routes as the plan with the kill does, wherever the variant that it wants is running", () => {
    overFlags(({ plan, after, killed }) => {
      const wanted = traefikDocument(killed, () => "http://workload");
      const headers = new Set(Object.entries(killed.services).flatMap(([name, { delivery }]) => (delivery === "header" ? [name] : [])));
      for (const { visitor, from } of visitsOf(readBack(wanted, killed).document, plan)) {
        if (from === null) continue;
        const running = from in after.legend || headers.has(from.split("--")[0] ?? "");
        // Testers of a service that loses its only flag for them are ordinary visitors in the new plan.
        if (running && visitor.kind !== "tester") expect(reach(after.document, visitor)).toBe(from);
      }
    });
  });

  it("strands nobody while it is not settled", () => {
    overFlags(({ plan, flag, withdrawal, after }) => {
      if (plan.flags[flag]?.settled === true) return;
      for (const { from } of visitsOf(after.document, plan)) {
        expect(withdrawal.flags.filter((gone) => from !== null && after.legend[from]?.includes(gone))).toEqual([]);
      }
    });
  });

  it("is read, written and withdrawn again to the same bytes", () => {
    overFlags(({ after, withdrawal }) => {
      const text = documentText(after.document, after.legend);
      const again = readDocument(text);
      const twice = withdraw(again.document, again.legend, withdrawal, everything);
      expect(documentText(twice.document, twice.legend)).toBe(text);
    });
  });
});

describe("a route that is withdrawn", () => {
  it("goes alone, and leaves every other visitor where he was", () => {
    fc.assert(
      fc.property(arbitraryModel(), fc.nat(), ({ catalog, settings }, pick) => {
        const plan = planRollout(catalog, { ...settings, kill: {} });
        const before = readBack(
          traefikDocument(plan, () => "http://workload"),
          plan,
        );
        const flags = Object.keys(catalog.flags).filter((flag) => Object.keys(catalog.flags[flag]?.routes ?? {}).length > 0);
        fc.pre(flags.length > 0);
        const flag = flags[pick % flags.length] ?? "";
        const killed = planRollout(catalog, { ...settings, kill: { [flag]: ["only"] } });
        const { document } = withdraw(before.document, before.legend, { flags: [], routes: [`${flag}/only`] }, everything);
        expect(document.http.routers).toEqual(
          readBack(
            traefikDocument(killed, () => "http://workload"),
            killed,
          ).document.http.routers,
        );
        expect(document.http.services).toEqual(before.document.http.services);
      }),
      RUNS,
    );
  });
});

interface Case {
  readonly flag: string;
  readonly plan: RolloutPlan;
  readonly killed: RolloutPlan;
  readonly withdrawal: Withdrawal;
  readonly before: { readonly document: ReadDocument; readonly legend: Legend };
  readonly after: { readonly document: ReadDocument; readonly legend: Legend };
  readonly moves: Readonly<Record<string, string | null>>;
}

/** Every flag of any model, withdrawn from the document of its plan. */
function overFlags(check: (drawn: Case) => void): void {
  fc.assert(
    fc.property(arbitraryModel(), ({ catalog, settings }: Model) => {
      const plan = planRollout(catalog, settings);
      const before = readBack(
        traefikDocument(plan, () => "http://workload"),
        plan,
      );
      for (const flag of Object.keys(catalog.flags)) {
        const withdrawal = { flags: [...dependents(catalog, flag)], routes: [] };
        const killed = planRollout(catalog, { ...settings, kill: { ...settings.kill, [flag]: true } });
        const { document, legend, moves } = withdraw(before.document, before.legend, withdrawal, everything);
        check({ flag, plan, killed, withdrawal, before, after: { document, legend }, moves });
      }
    }),
    RUNS,
  );
}

function readBack(document: ReturnType<typeof traefikDocument>, plan: RolloutPlan): { readonly document: ReadDocument; readonly legend: Legend } {
  return readDocument(documentText(document, legendOf(plan)));
}

interface Visitor {
  readonly route: string;
  readonly kind: "newcomer" | "returning" | "tester";
  /** The bucket that a newcomer is given or a returning visitor has; 0 for testers. */
  readonly bucket: number;
}

/** Every kind of visitor on every route of a document, and the variant that each reaches. */
function visitsOf(document: ReadDocument, plan: RolloutPlan): { readonly visitor: Visitor; readonly from: string | null }[] {
  const routes = Object.keys(document.http.routers).filter((name) => !/\.(tester|bucket-\d+)$/.test(name));
  const testers = Object.keys(document.http.routers).flatMap((name) => (name.endsWith(".tester") ? [name.slice(0, -".tester".length)] : []));
  const buckets = plan.buckets.map(({ id }) => id);
  const visitors: Visitor[] = [
    ...routes.flatMap((route) =>
      buckets.flatMap((bucket) => [
        { route, kind: "newcomer" as const, bucket },
        { route, kind: "returning" as const, bucket },
      ]),
    ),
    ...testers.map((route) => ({ route, kind: "tester" as const, bucket: 0 })),
  ];
  return visitors.map((visitor) => ({ visitor, from: reach(document, visitor) }));
}

/** The variant that Traefik leads a visitor to; null where the route or the bucket is not there. */
function reach(document: ReadDocument, { route, kind, bucket }: Visitor): string | null {
  const { routers, services } = document.http;
  if (kind === "tester") return routers[`${route}.tester`]?.service ?? null;
  const router = (kind === "returning" ? routers[`${route}.bucket-${bucket}`] : undefined) ?? routers[route];
  if (router === undefined) return null;
  if (!router.service.endsWith(".newcomers")) return router.service;
  const child = services[router.service]?.weighted?.services.find(({ name }) => name.endsWith(`.bucket-${bucket}`));
  const [variant] = child === undefined ? [] : (services[child.name]?.weighted?.services ?? []);
  return variant?.name ?? null;
}
