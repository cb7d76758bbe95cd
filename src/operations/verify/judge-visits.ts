import type { RolloutPlan } from "../../plan/rollout-plan.ts";
import { belongsToNarrowerRoute, markOfBucket } from "../../plan/route-probes.ts";
import { binomialTails } from "./binomial.ts";
import { type Check, listSome, type Split } from "./report.ts";
import { nameOfMark } from "./trial.ts";
import { type Door, doorsOf, type Visit } from "./visits.ts";

/** Highest probability that the split of a stage that is as it should be is called wrong, over all its services and buckets. */
export const FALSE_ALARM = 1e-4;

/** What came of the newcomers of one service. */
export interface Visits {
  readonly door: Door;
  readonly visits: readonly Visit[];
  /** Names of the application's own cookies, by bucket. */
  readonly ownCookies: ReadonlyMap<number, readonly string[]>;
}

/** Counts the newcomers of each bucket. */
export function countSplit(plan: RolloutPlan, { door, visits }: Visits): Split {
  return {
    service: door.service,
    newcomers: visits.length,
    without: visits.filter((visit) => visit.bucket === null).length,
    buckets: plan.buckets.map(({ id, weight }) => ({ id, weight, count: visits.filter((visit) => visit.bucket === id).length })),
  };
}

/**
 * Holds the count of each bucket against its weight, by the exact tails of the binomial distribution,
 * both sides of each bucket sharing the probability of a false alarm (Bonferroni). Traefik deals newcomers
 * out in turn, which stays closer to the weights than chance would.
 * @param services how many services are judged in this verification
 */
export function judgeSplit({ service, newcomers, without, buckets }: Split, services: number): Check {
  const name = `split of ${service}`;
  const expected = buckets.map(({ id, weight }) => `bucket ${id} ${weight}%`).join(", ");
  if (newcomers === 0) return { name, state: "not asked", expected, found: "the time was over" };
  const limit = FALSE_ALARM / (2 * buckets.length * services);
  const wrong = buckets.filter(({ count, weight }) => {
    const { lower, upper } = binomialTails(count, newcomers, weight / 100);
    return Math.min(lower, upper) < limit;
  });
  const found = [
    `of ${newcomers} newcomers ${buckets.map(({ id, count }) => `bucket ${id} ${((100 * count) / newcomers).toFixed(1)}%`).join(", ")}`,
    ...(without > 0 ? [`${without} got no bucket`] : []),
    ...(wrong.length > 0 ? [`too far off for chance: bucket ${wrong.map(({ id }) => id).join(", ")}`] : []),
  ].join("; ");
  return { name, state: wrong.length > 0 || without > 0 ? "fail" : "pass", expected, found };
}

/** Whether each visitor met the variant of the bucket, at first, on return, and on every other service. */
export function judgeFaith(plan: RolloutPlan, { door, visits }: Visits): Check {
  const name = `visitors of ${door.service}`;
  const expected = "each sees the variant of the bucket, at first, on return and on every other service";
  if (visits.length === 0) return { name, state: "not asked", expected, found: "the time was over" };
  const doors = doorsOf(plan);
  const wrong = visits.flatMap(({ bucket, mark, later, failure }) => {
    if (failure !== null) return [failure];
    if (bucket === null) return [];
    const seen = [{ service: door.service, mark }, ...later];
    const unexpected = seen.find((answer) => !isExpected(plan, doors, bucket, answer));
    return unexpected === undefined ? [] : [`a visitor of bucket ${bucket} saw ${nameOfMark(plan, unexpected.mark)} on ${unexpected.service}`];
  });
  if (wrong.length > 0) return { name, state: "fail", expected, found: `${wrong.length} of ${visits.length} did not: ${listSome([...new Set(wrong)])}` };
  return { name, state: "pass", expected, found: `all ${visits.length} did, on ${doors.length} ${doors.length === 1 ? "service" : "services"}` };
}

function isExpected(plan: RolloutPlan, doors: readonly Door[], bucket: number, answer: { readonly service: string; readonly mark: string }): boolean {
  const service = plan.services[answer.service];
  const door = doors.find((other) => other.service === answer.service);
  if (service === undefined || door === undefined || markOfBucket(service, bucket) === answer.mark) return true;
  return belongsToNarrowerRoute(plan, door.route, door.sample, answer.mark);
}

/** Whether newcomers got the cookies that the application sets, beside the bucket's. */
export function judgeCookies({ door, visits, ownCookies }: Visits): Check {
  const names = [...new Set([...ownCookies.values()].flat())].sort();
  const name = `cookies of ${door.service}`;
  const expected = names.length === 0 ? "the application's own cookies reach newcomers" : `newcomers get ${names.join(", ")} beside the bucket's`;
  if (names.length === 0) return { name, state: "not asked", expected, found: "the application sets none" };
  const reached = visits.filter((visit) => visit.bucket !== null && visit.failure === null);
  if (reached.length === 0) return { name, state: "not asked", expected, found: "no newcomer got a bucket" };
  const lost = reached.flatMap(({ bucket, cookies }) => (ownCookies.get(bucket ?? 0) ?? []).filter((own) => !cookies.includes(own)));
  if (lost.length > 0) return { name, state: "fail", expected, found: `${lost.length} times not: ${[...new Set(lost)].sort().join(", ")}` };
  return { name, state: "pass", expected, found: `all ${reached.length} did` };
}
