import { bucketCookie } from "../model/bucket.ts";
import { mayMatch, type SampleRequest, sampleRequest } from "../model/sample-request.ts";
import type { RolloutPlan, Route, ServicePlan } from "./rollout-plan.ts";

/** A request by which one route is asked as one kind of visitor, and who should answer. Plain data. */
export interface RouteProbe extends SampleRequest {
  readonly route: string;
  /** `newcomer`, or `bucket 3`. */
  readonly visitor: string;
  /** Marks of the variants that may answer. */
  readonly expected: readonly string[];
  /** Marks of the variants of routes of higher priority that may take the request instead. */
  readonly narrower: readonly string[];
}

/** What can be asked of a plan's routes, and what cannot. */
export interface RouteProbes {
  readonly probes: readonly RouteProbe[];
  /** Routes of whose rule no sample request can be made. */
  readonly unasked: readonly Pick<Route, "name" | "rule">[];
}

/** A request for every route that ordinary visitors can reach, for a newcomer and for each bucket. */
export function routeProbes(plan: RolloutPlan): RouteProbes {
  const probes: RouteProbe[] = [];
  const unasked: Pick<Route, "name" | "rule">[] = [];
  for (const service of Object.values(plan.services)) {
    for (const route of service.routes.filter(({ testersOnly }) => !testersOnly)) {
      const sample = sampleRequest(route.rule);
      if (sample === null) unasked.push({ name: route.name, rule: route.rule });
      else probes.push(...probesOf(plan, service, route, sample));
    }
  }
  return { probes, unasked };
}

/** The mark of a variant, by its name; empty where the service has no such variant. */
export function markOf(service: ServicePlan, variant: string): string {
  return service.variants.find(({ name }) => name === variant)?.mark ?? "";
}

/** The mark of the variant that a bucket sees. */
export function markOfBucket(service: ServicePlan, bucket: number): string {
  return markOf(service, service.cohorts.find((cohort) => cohort.buckets.includes(bucket))?.variant ?? "");
}

/** Whether a mark is of a service with another route of higher priority that may take the request. */
export function belongsToNarrowerRoute(plan: RolloutPlan, route: Route, sample: SampleRequest, mark: string): boolean {
  return narrowerServices(plan, route, sample).some((service) => service.variants.some((variant) => variant.mark === mark));
}

function probesOf(plan: RolloutPlan, service: ServicePlan, route: Route, sample: SampleRequest): RouteProbe[] {
  const narrower = narrowerServices(plan, route, sample).flatMap(({ variants }) => variants.map(({ mark }) => mark));
  const common = { route: route.name, method: sample.method, path: sample.path, narrower };
  return [
    { ...common, visitor: "newcomer", headers: sample.headers, expected: service.cohorts.map((cohort) => markOf(service, cohort.variant)) },
    ...plan.buckets.map(({ id }) => ({
      ...common,
      visitor: `bucket ${id}`,
      headers: { ...sample.headers, cookie: `${bucketCookie(id)}=0` },
      expected: [markOfBucket(service, id)],
    })),
  ];
}

function narrowerServices(plan: RolloutPlan, route: Route, sample: SampleRequest): ServicePlan[] {
  return Object.values(plan.services).filter((service) =>
    service.routes.some((other) => other.name !== route.name && other.priority > route.priority && mayMatch(other.rule, sample)),
  );
}
