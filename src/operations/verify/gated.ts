import { bucketCookie } from "../../model/bucket.ts";
import type { Catalog } from "../../model/catalog.ts";
import { flagSlug } from "../../model/flag-name.ts";
import { mayMatch, sampleRequest } from "../../model/sample-request.ts";
import type { RolloutPlan } from "../../plan/rollout-plan.ts";
import type { Trial, TrialCheck } from "./trial.ts";

/** A gated route that visitors must not be able to reach. */
interface ClosedRoute {
  readonly flag: string;
  /** As in the catalogue. */
  readonly name: string;
  /** As in Traefik. */
  readonly router: string;
  readonly rule: string;
  /** Whether it is there for testers. */
  readonly testersOnly: boolean;
  readonly why: string;
}

/**
 * For each gated route that is closed: Traefik has no router for it, and what its sample request gets is
 * no variant with its flag.
 * @param routers of the running Traefik, as `name service rule`
 */
export function gatedChecks(catalog: Catalog, plan: RolloutPlan, routers: readonly string[]): TrialCheck[] {
  return closedRoutes(catalog, plan).map((closed) => ({
    name: `gated route ${closed.name} of ${closed.flag}`,
    expected: closed.testersOnly ? `a router for testers only: the flag is ${closed.why}` : `no router: the flag or route is ${closed.why}`,
    trials: closedTrials(plan, closed),
    notAsked: `Traefik has no router for it; no sample request can be made of ${closed.rule}`,
    amiss: routers.filter((router) => opens(router, closed)).map((router) => `the router ${router.split(" ")[0] ?? ""} is there`),
  }));
}

function closedRoutes(catalog: Catalog, plan: RolloutPlan): ClosedRoute[] {
  const open = new Map(Object.values(plan.services).flatMap((service) => service.routes.map((route) => [route.name, route] as const)));
  return Object.entries(catalog.flags).flatMap(([flag, { routes }]) =>
    Object.entries(routes).flatMap(([name, { rule, service }]) => {
      const router = `${service}.${flagSlug(flag)}.${name}`;
      const planned = open.get(router);
      if (planned !== undefined && !planned.testersOnly) return [];
      const exposure = plan.flags[flag];
      const why = exposure === undefined || planned !== undefined ? "off" : exposure.killed ? "killed" : "taken away";
      return [{ flag, name, router, rule, testersOnly: planned !== undefined, why }];
    }),
  );
}

/** Whether a running router leads visitors to the route, by its name or by its rule. */
function opens(router: string, closed: ClosedRoute): boolean {
  const [name = "", , ...words] = router.split(" ");
  const rule = words.join(" ");
  if (closed.testersOnly && name === `${closed.router}.tester`) return false;
  return name === closed.router || name.startsWith(`${closed.router}.`) || rule === closed.rule || rule.startsWith(`(${closed.rule}) && `);
}

function closedTrials(plan: RolloutPlan, closed: ClosedRoute): Trial[] {
  const sample = sampleRequest(closed.rule);
  if (sample === null) return [];
  const services = Object.values(plan.services);
  const others = services.flatMap(({ routes }) => routes).filter((route) => !route.testersOnly && mayMatch(route.rule, sample));
  const variants = services.flatMap((service) => service.variants);
  // Where a wider route takes the request, a variant with the flag may answer rightly.
  const allowed = variants.filter((variant) => (others.length > 0 && !isOff(plan, closed.flag) ? true : !variant.flags.includes(closed.flag)));
  const cookies = ["", ...plan.buckets.map(({ id }) => `${bucketCookie(id)}=0`)];
  return cookies.map((cookie) => ({
    visitor: `${sample.path} ${cookie === "" ? "as a newcomer" : `with the cookie ${cookie}`}`,
    request: cookie === "" ? sample : { ...sample, headers: { ...sample.headers, cookie } },
    allowed: ["", ...allowed.map((variant) => variant.mark)],
    route: null,
  }));
}

function isOff(plan: RolloutPlan, flag: string): boolean {
  return (plan.flags[flag]?.exposure ?? 0) === 0;
}
