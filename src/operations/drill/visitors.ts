import { bucketCookie } from "../../model/bucket.ts";
import { mayMatch, type SampleRequest, sampleRequest } from "../../model/sample-request.ts";
import type { RolloutPlan, Route, ServicePlan } from "../../plan/rollout-plan.ts";
import { markOf, markOfBucket } from "../../plan/route-probes.ts";

/** One kind of visitor on one route, and which variants may answer in each of the two states of a drill. */
export interface DrillVisitor extends SampleRequest {
  readonly route: string;
  /** `newcomer`, or `bucket 3`. */
  readonly visitor: string;
  /** Marks while the stage is as it was; the empty one stands for an answer of no variant. */
  readonly now: readonly string[];
  /** Marks in the earlier state. */
  readonly then: readonly string[];
}

export interface DrillVisitors {
  readonly visitors: readonly DrillVisitor[];
  readonly notAsked: readonly { readonly route: string; readonly why: string }[];
}

/** Methods of which hundreds of requests do no harm: https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods */
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

/** Everyone who asks in a drill: newcomers and every bucket, on every route that is there in either of the states. */
export function findVisitors(now: RolloutPlan, then: RolloutPlan): DrillVisitors {
  const routes = new Map([...publicRoutes(then), ...publicRoutes(now)].map((route) => [route.name, route]));
  const visitors: DrillVisitor[] = [];
  const notAsked: { route: string; why: string }[] = [];
  for (const { name: route, rule } of routes.values()) {
    const sample = sampleRequest(rule);
    if (sample === null) notAsked.push({ route, why: "no sample request can be made of its rule" });
    else if (!SAFE_METHODS.includes(sample.method)) notAsked.push({ route, why: `requests by ${sample.method} may change something` });
    else visitors.push(...visitorsOn(route, sample, now, then));
  }
  return { visitors, notAsked };
}

/** Whether a visitor is never answered by the same variant in both states, so that an answer tells them apart. */
export function seesDifference({ now, then }: DrillVisitor): boolean {
  return now.every((mark) => !then.includes(mark));
}

function visitorsOn(route: string, sample: SampleRequest, now: RolloutPlan, then: RolloutPlan): DrillVisitor[] {
  const as = (visitor: string, bucket: number | null): DrillVisitor => ({
    ...sample,
    headers: bucket === null ? sample.headers : { ...sample.headers, cookie: `${bucketCookie(bucket)}=0` },
    route,
    visitor,
    now: possibleMarks(now, route, sample, bucket),
    then: possibleMarks(then, route, sample, bucket),
  });
  return [as("newcomer", null), ...now.buckets.map(({ id }) => as(`bucket ${id}`, id))];
}

/** The marks of all variants that may answer: of the route itself, and of those of higher priority whose rules may match too. */
function possibleMarks(plan: RolloutPlan, name: string, sample: SampleRequest, bucket: number | null): string[] {
  const candidates = Object.values(plan.services).flatMap((service) => service.routes.map((route) => ({ service, route })));
  const own = candidates.find(({ route }) => route.name === name && !route.testersOnly);
  const taking = candidates.filter(
    ({ route }) => route === own?.route || (!route.testersOnly && mayMatch(route.rule, sample) && (own === undefined || route.priority >= own.route.priority)),
  );
  const marks = taking.flatMap(({ service }) => marksFor(service, bucket));
  return [...new Set(own === undefined ? [...marks, ""] : marks)].sort();
}

function marksFor(service: ServicePlan, bucket: number | null): string[] {
  return bucket === null ? service.cohorts.map(({ variant }) => markOf(service, variant)) : [markOfBucket(service, bucket)];
}

function publicRoutes(plan: RolloutPlan): Route[] {
  return Object.values(plan.services).flatMap(({ routes }) => routes.filter(({ testersOnly }) => !testersOnly));
}
