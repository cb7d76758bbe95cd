import { bucketCookie } from "../model/bucket.ts";
import { TESTER_COOKIE, TESTER_HEADER } from "../model/headers.ts";
import type { RolloutPlan, Route, ServicePlan } from "../plan/rollout-plan.ts";
import { bucketMiddleware, CLEAN, TESTER } from "./middlewares.ts";
import { newcomerService, variantService } from "./names.ts";
import type { TraefikRouter } from "./types.ts";

/** Stands in a document where the tester secret goes; the target puts the secret there as it writes. */
export const TESTER_PLACEHOLDER = "${tester-secret}";

/** Room between the priorities of two routes for one router a bucket and one for testers; steps are at most 100. */
const TIERS = 128;

/**
 * The routers of a service: for each route one for newcomers, above it one for each bucket, above
 * those one for testers. The narrower bucket wins where a client sends two cookies.
 */
export function routersOf(plan: RolloutPlan, name: string, service: ServicePlan): Record<string, TraefikRouter> {
  const routers: Record<string, TraefikRouter> = {};
  for (const route of service.routes) {
    if (service.testers !== null) routers[`${route.name}.tester`] = testerRouter(name, service.testers, route);
    if (route.testersOnly) continue;
    const [first] = service.cohorts;
    if (first === undefined) continue;
    if (service.cohorts.length === 1) {
      routers[route.name] = router(route, 0, route.rule, variantService(name, first.variant), []);
      continue;
    }
    routers[route.name] = router(route, 0, route.rule, newcomerService(name), []);
    for (const cohort of service.cohorts) {
      for (const bucket of cohort.buckets) {
        const variant = variantService(name, cohort.variant);
        routers[`${route.name}.bucket-${bucket}`] = router(route, bucketTier(plan, bucket), bucketRule(route.rule, bucket), variant, [
          bucketMiddleware(bucket),
        ]);
      }
    }
  }
  return routers;
}

/** The narrower a bucket, the higher it stands. */
export function bucketTier({ buckets }: RolloutPlan, bucket: number): number {
  return buckets.length + 1 - bucket;
}

/** Matches what a route matches, for visitors of a bucket. */
export function bucketRule(rule: string, bucket: number): string {
  return `(${rule}) && HeaderRegexp(\`Cookie\`, \`(^|; *)${bucketCookie(bucket)}=\`)`;
}

/** Above every bucket. */
export const TESTER_TIER = TIERS - 1;

/** Matches what a route matches, for testers. */
export function testerRule(rule: string): string {
  const byHeader = `Header(\`${TESTER_HEADER}\`, \`${TESTER_PLACEHOLDER}\`)`;
  const byCookie = `HeaderRegexp(\`Cookie\`, \`(^|; *)${TESTER_COOKIE}=${TESTER_PLACEHOLDER}(;|$)\`)`;
  return `(${rule}) && (${byHeader} || ${byCookie})`;
}

/** The priority of one of a route's routers: tiers of one route stay below the next route. */
export function priorityOf(route: Route, tier: number): number {
  return route.priority * TIERS + tier;
}

function testerRouter(name: string, variant: string, route: Route): TraefikRouter {
  return router(route, TESTER_TIER, testerRule(route.rule), variantService(name, variant), [TESTER]);
}

function router(route: Route, tier: number, rule: string, service: string, middlewares: readonly string[]): TraefikRouter {
  return { rule, priority: priorityOf(route, tier), service, middlewares: [CLEAN, ...middlewares] };
}
