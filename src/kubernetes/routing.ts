import { bucketCookie } from "../model/bucket.ts";
import type { KubernetesTarget } from "../model/kubernetes-target.ts";
import type { RolloutPlan, Route, ServicePlan } from "../plan/rollout-plan.ts";
import { bucketMiddleware, CLEAN, sharedMiddlewares, TESTER, variantMiddleware } from "../traefik/middlewares.ts";
import { bucketRule, bucketTier, priorityOf, TESTER_TIER, testerRule } from "../traefik/routers.ts";
import { bucketPort, bucketSlot, everyoneSlot, newcomersSlot, PORT, testersRoute, testersSlot } from "./names.ts";
import type { Child, IngressRouteSpec, MiddlewareSpec, Named, Routing, TraefikServiceSpec } from "./routing-types.ts";
import { type Leaf, leafIn } from "./workloads.ts";

/**
 * The routing of a plan as Traefik's custom resources. A visitor's bucket leads to a slot, a TraefikService, and the
 * slot to a variant: so a change of exposure is a change of the slots of the buckets that it moves, each visitor
 * changes sides once and at one moment, and the rules stay as they are.
 */
export function routingOf(plan: RolloutPlan, target: Pick<KubernetesTarget, "entryPoints" | "tlsSecret" | "nativeLB">, leaves: readonly Leaf[]): Routing {
  const services = Object.entries(plan.services);
  const middlewares: Named<MiddlewareSpec>[] = [
    ...Object.entries(sharedMiddlewares(plan)).map(([name, spec]) => ({ name, service: null, spec })),
    ...leaves.flatMap((leaf) => {
      const service = plan.services[leaf.service];
      return service === undefined ? [] : [{ name: leaf.name, service: leaf.service, spec: variantMiddleware(service, leaf.variant) }];
    }),
  ];
  const frame = {
    ...(target.entryPoints.length === 0 ? {} : { entryPoints: target.entryPoints }),
    ...(target.tlsSecret === null ? {} : { tls: { secretName: target.tlsSecret } }),
  };
  return {
    middlewares,
    slots: services.flatMap(([name, service]) => slotsOf(plan, name, service, leaves, target.nativeLB)),
    routes: services.flatMap(([name, service]) =>
      service.routes
        .filter((route) => !route.testersOnly)
        .map((route) => ({ name: route.name, service: name, spec: { ...frame, routes: rulesOf(plan, name, service, route) } })),
    ),
    testerRoutes: services.flatMap(([name, service]) =>
      service.testers === null
        ? []
        : service.routes.map((route) => ({
            name: testersRoute(route.name),
            service: name,
            spec: { ...frame, routes: [rule(route, TESTER_TIER, testerRule(route.rule), testersSlot(name), [TESTER])] },
          })),
    ),
  };
}

/** The child that leads to a variant. @param bucket whose visitors come this way; null for everyone */
function leafChild({ name }: Leaf, bucket: number | null, nativeLB: boolean): Child {
  const middlewares = [{ name }, ...(bucket === null ? [] : [{ name: bucketMiddleware(bucket) }])];
  return { kind: "Service", name, port: bucket === null ? PORT : bucketPort(bucket), middlewares, weight: 1, ...(nativeLB ? { nativeLB } : {}) };
}

function slotsOf(plan: RolloutPlan, name: string, service: ServicePlan, leaves: readonly Leaf[], nativeLB: boolean): Named<TraefikServiceSpec>[] {
  const slots: Named<TraefikServiceSpec>[] = [];
  const add = (slot: string, spec: TraefikServiceSpec): void => {
    slots.push({ name: slot, service: name, spec });
  };
  const [first] = service.cohorts;
  if (first !== undefined && service.cohorts.length === 1) {
    add(everyoneSlot(name), { weighted: { services: [leafChild(leafIn(leaves, name, first.variant), null, nativeLB)] } });
  } else if (first !== undefined) {
    const weights = new Map(plan.buckets.map(({ id, weight }) => [id, weight]));
    const children: Child[] = [];
    for (const { buckets, variant } of service.cohorts) {
      for (const bucket of buckets) {
        add(bucketSlot(name, bucket), bucketSpec(plan, bucket, leafChild(leafIn(leaves, name, variant), bucket, nativeLB)));
        children.push({ kind: "TraefikService", name: bucketSlot(name, bucket), weight: weights.get(bucket) ?? 0 });
      }
    }
    add(newcomersSlot(name), { weighted: { services: children } });
  }
  if (service.testers !== null) add(testersSlot(name), { weighted: { services: [leafChild(leafIn(leaves, name, service.testers), null, nativeLB)] } });
  return slots;
}

function bucketSpec({ cookie: { secure, domain, maxAge } }: RolloutPlan, bucket: number, child: Child): TraefikServiceSpec {
  return {
    weighted: {
      services: [child],
      sticky: {
        cookie: { name: bucketCookie(bucket), path: "/", httpOnly: true, sameSite: "lax", secure, maxAge, ...(domain === null ? {} : { domain }) },
      },
    },
  };
}

function rulesOf(plan: RolloutPlan, name: string, service: ServicePlan, route: Route): IngressRouteSpec["routes"] {
  // Two slots, so that a service begins and ends being split with the rule: spread while no rule knows their bucket, visitors would be given another.
  if (service.cohorts.length < 2) return [rule(route, 0, route.rule, everyoneSlot(name), [])];
  const newcomers = rule(route, 0, route.rule, newcomersSlot(name), []);
  const buckets = plan.buckets.map(({ id }) => rule(route, bucketTier(plan, id), bucketRule(route.rule, id), bucketSlot(name, id), []));
  return [newcomers, ...buckets];
}

function rule(route: Route, tier: number, match: string, slot: string, middlewares: readonly string[]): IngressRouteSpec["routes"][number] {
  return {
    kind: "Rule",
    match,
    priority: priorityOf(route, tier),
    middlewares: [CLEAN, ...middlewares].map((middleware) => ({ name: middleware })),
    services: [{ kind: "TraefikService", name: slot }],
  };
}
