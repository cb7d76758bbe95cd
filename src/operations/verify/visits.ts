import { bucketCookie } from "../../model/bucket.ts";
import { type SampleRequest, sampleRequest } from "../../model/sample-request.ts";
import { type Answer, ask, type Connections } from "../../net/ask.ts";
import { inParallel } from "../../net/in-parallel.ts";
import type { RolloutPlan, Route } from "../../plan/rollout-plan.ts";
import { isAnswered, markIn } from "../../traffic/probe-routes.ts";

/** What one newcomer met: at first, then with the cookies of that, on the same service and on every other. */
export interface Visit {
  /** The bucket of the first answer's cookie; null where it set none, or one that is not planned. */
  readonly bucket: number | null;
  /** Mark of the variant of the first answer. */
  readonly mark: string;
  /** Names of the application's own cookies in the first answer. */
  readonly cookies: readonly string[];
  readonly later: readonly { readonly service: string; readonly mark: string }[];
  /** What one of the requests got where it got no answer of an application; null where all did. */
  readonly failure: string | null;
}

/** A service's own route, with a request for it. */
export interface Door {
  readonly service: string;
  readonly route: Route;
  readonly sample: SampleRequest;
}

/** The doors of all services of which a sample request can be made. */
export function doorsOf(plan: RolloutPlan): Door[] {
  return Object.entries(plan.services).flatMap(([service, { routes }]) => {
    const route = routes.find((own) => own.gatedBy === null);
    const sample = route === undefined ? null : sampleRequest(route.rule);
    return route === undefined || sample === null ? [] : [{ service, route, sample }];
  });
}

/**
 * Sends newcomers to a door, each with a cookie jar of its own, then through every door again.
 * @param agent bounds how many are on their way at once
 * @param deadline moment of `performance.now()` after which no one sets out
 */
export async function sendVisitors(
  plan: RolloutPlan,
  url: string,
  door: Door,
  visitors: number,
  options: { readonly agent: Connections; readonly deadline: number; readonly onVisitor: (done: number) => void },
): Promise<Visit[]> {
  const { agent, deadline, onVisitor } = options;
  const again = [door, ...doorsOf(plan).filter((other) => other.service !== door.service)];
  let done = 0;
  const visits = await inParallel(
    Array.from({ length: visitors }),
    agent.most,
    async () => {
      const visit = await visitOnce(plan, url, door, again, agent);
      done += 1;
      onVisitor(done);
      return visit;
    },
    deadline,
  );
  return visits.filter((visit) => visit !== null);
}

async function visitOnce(plan: RolloutPlan, url: string, door: Door, again: readonly Door[], agent: Connections): Promise<Visit> {
  const jar = new Map<string, string>();
  const visit = async ({ sample }: Door): Promise<Answer> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await ask(url, cookie === "" ? sample : { ...sample, headers: { ...sample.headers, cookie } }, agent);
    for (const [name, value] of cookiesIn(answer)) jar.set(name, value);
    return answer;
  };
  const first = await visit(door);
  const names = cookiesIn(first).map(([name]) => name);
  const later: { service: string; mark: string }[] = [];
  const failures = failureOf(door, first);
  for (const next of again) {
    const answer = await visit(next);
    failures.push(...failureOf(next, answer));
    later.push({ service: next.service, mark: markIn(answer) });
  }
  return {
    bucket: plan.buckets.find(({ id }) => names.includes(bucketCookie(id)))?.id ?? null,
    mark: markIn(first),
    cookies: names.filter((name) => !isBucketCookie(name)),
    later,
    failure: failures[0] ?? null,
  };
}

/**
 * The names of cookies that the application of a door sets by itself, by bucket: what a visitor gets who
 * has a bucket already and goes past the spreading of newcomers.
 */
export async function learnCookies(plan: RolloutPlan, url: string, { sample }: Door, agent: Connections): Promise<ReadonlyMap<number, readonly string[]>> {
  const learnt = plan.buckets.map(async ({ id }) => {
    const answer = await ask(url, { ...sample, headers: { ...sample.headers, cookie: `${bucketCookie(id)}=0` } }, agent);
    const names = cookiesIn(answer).map(([name]) => name);
    return [id, names.filter((name) => !isBucketCookie(name))] as const;
  });
  return new Map(await Promise.all(learnt));
}

function failureOf({ sample }: Door, answer: Answer): string[] {
  return isAnswered(answer) ? [] : [`${sample.path}: ${answer.error ?? `status ${answer.status}`}`];
}

function isBucketCookie(name: string): boolean {
  return /^sluice-\d+$/.test(name);
}

function cookiesIn(answer: Answer): (readonly [name: string, value: string])[] {
  return (answer.headers["set-cookie"] ?? []).map((cookie) => {
    const [pair = ""] = cookie.split(";");
    const equals = pair.indexOf("=");
    return [pair.slice(0, Math.max(0, equals)).trim(), pair.slice(equals + 1).trim()] as const;
  });
}
