import { bucketCookie } from "../model/bucket.ts";
import type { RolloutPlan, ServicePlan, Variant } from "../plan/rollout-plan.ts";
import { bucketMiddleware, sharedMiddlewares, variantMiddleware } from "./middlewares.ts";
import { bucketService, newcomerService, REVISION_PLACEHOLDER, REVISION_PREFIX, variantService } from "./names.ts";
import { routersOf } from "./routers.ts";
import type { LoadBalancer, TraefikDocument, TraefikMiddleware, TraefikRouter, TraefikService } from "./types.ts";

/** Where the workload of a variant listens, as `http://host:port`, or where its workloads do. */
export type Endpoint = (service: string, variant: Variant) => string | LoadBalancer;

/**
 * The document of Traefik's file provider for a plan. Complete: Traefik needs no other.
 * Holds `${tester-secret}` where the tester secret belongs, and `${revision}` where the revision does.
 */
export function traefikDocument(plan: RolloutPlan, endpoint: Endpoint): TraefikDocument {
  const routers: Record<string, TraefikRouter> = {};
  const services: Record<string, TraefikService> = {};
  const middlewares: Record<string, TraefikMiddleware> = sharedMiddlewares(plan);
  for (const [name, service] of Object.entries(plan.services)) {
    for (const variant of service.variants) {
      const middleware = `${name}--${variant.name}`;
      middlewares[middleware] = variantMiddleware(service, variant);
      services[variantService(name, variant.name)] = {
        middlewares: [middleware],
        loadBalancer: balancerOf(endpoint(name, variant)),
      };
    }
    if (service.cohorts.length > 1) Object.assign(services, newcomerServices(plan, name, service));
    Object.assign(routers, routersOf(plan, name, service));
  }
  middlewares[`${REVISION_PREFIX}${REVISION_PLACEHOLDER}`] = { headers: { customResponseHeaders: { "X-Sluice-Revision": REVISION_PLACEHOLDER } } };
  return { http: { routers, services, middlewares } };
}

function balancerOf(endpoint: string | LoadBalancer): LoadBalancer {
  return typeof endpoint === "string" ? { servers: [{ url: endpoint }] } : endpoint;
}

/**
 * One child for each bucket, each a weighted service of one sticky child: its cookie's name makes the
 * bucket last. A header middleware would replace the application's own Set-Cookie.
 */
function newcomerServices(plan: RolloutPlan, name: string, service: ServicePlan): Record<string, TraefikService> {
  const weights = new Map(plan.buckets.map((bucket) => [bucket.id, bucket.weight]));
  const { secure, domain, maxAge } = plan.cookie;
  const services: Record<string, TraefikService> = {};
  const children: { name: string; weight: number }[] = [];
  for (const cohort of service.cohorts) {
    for (const bucket of cohort.buckets) {
      const child = bucketService(name, bucket);
      children.push({ name: child, weight: weights.get(bucket) ?? 0 });
      services[child] = {
        middlewares: [bucketMiddleware(bucket)],
        weighted: {
          services: [{ name: variantService(name, cohort.variant), weight: 1 }],
          sticky: {
            cookie: { name: bucketCookie(bucket), path: "/", httpOnly: true, sameSite: "lax", secure, maxAge, ...(domain === null ? {} : { domain }) },
          },
        },
      };
    }
  }
  services[newcomerService(name)] = { weighted: { services: children } };
  return services;
}
