import { z } from "zod";
import { bucketCookie } from "../model/bucket.ts";
import { VARIANT_HEADER } from "../model/headers.ts";
import { mayMatch, type SampleRequest, sampleRequest } from "../model/sample-request.ts";
import { type Answer, ask, type Connections } from "../net/ask.ts";
import type { RolloutPlan, Route, ServicePlan } from "../plan/rollout-plan.ts";

/** Whether one route answers one kind of visitor as the plan says. */
export interface RouteAnswer {
  readonly route: string;
  /** `newcomer`, or `bucket 3`. */
  readonly visitor: string;
  readonly state: "as planned" | "wrong" | "not asked";
  /** What is wrong, or why it was not asked. */
  readonly detail: string;
}

/**
 * Sends a request on every route, for a newcomer and for each bucket, and holds the variant that
 * answers against the plan. Any status of the application itself counts as an answer.
 * @param agent bounds how many are asked at once
 */
export async function probeRoutes(plan: RolloutPlan, url: string, agent?: Connections): Promise<RouteAnswer[]> {
  const asked = Object.values(plan.services).flatMap((service) =>
    service.routes.filter((route) => !route.testersOnly).map((route) => probeRoute(plan, service, route, url, agent)),
  );
  return (await Promise.all(asked)).flat();
}

async function probeRoute(plan: RolloutPlan, service: ServicePlan, route: Route, url: string, agent: Connections | undefined): Promise<RouteAnswer[]> {
  const sample = sampleRequest(route.rule);
  if (sample === null) return [{ route: route.name, visitor: "everyone", state: "not asked", detail: `no sample request can be made of ${route.rule}` }];
  const visitors = [
    { visitor: "newcomer", cookie: "", expected: service.cohorts.map((cohort) => markOf(service, cohort.variant)) },
    ...plan.buckets.map(({ id }) => ({ visitor: `bucket ${id}`, cookie: `${bucketCookie(id)}=0`, expected: [markOfBucket(service, id)] })),
  ];
  return Promise.all(
    visitors.map(async ({ visitor, cookie, expected }) => {
      const headers = cookie === "" ? sample.headers : { ...sample.headers, cookie };
      const answer = await ask(url, { method: sample.method, path: sample.path, headers }, agent);
      const mark = markIn(answer);
      const right = isAnswered(answer) && expected.includes(mark);
      if (!right && belongsToNarrowerRoute(plan, route, sample, mark)) {
        return { route: route.name, visitor, state: "not asked" as const, detail: `a route of higher priority takes ${sample.path}` };
      }
      const detail = answer.error ?? `status ${answer.status} from variant ${mark === "" ? "none" : mark}, expected ${expected.join(" or ")}`;
      return { route: route.name, visitor, state: right ? ("as planned" as const) : ("wrong" as const), detail: right ? "" : detail };
    }),
  );
}

/** The mark of the variant that answered; empty where none did. */
export function markIn(answer: Answer): string {
  return String(answer.headers[VARIANT_HEADER.toLowerCase()] ?? "");
}

/** Whether an application answered, and not Traefik in the place of one that is not there. */
export function isAnswered(answer: Answer): boolean {
  return answer.error === null && ![502, 503, 504].includes(answer.status);
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
  return Object.values(plan.services).some(
    (service) =>
      service.variants.some((variant) => variant.mark === mark) &&
      service.routes.some((other) => other.name !== route.name && other.priority > route.priority && mayMatch(other.rule, sample)),
  );
}

const routerPage = z.array(z.object({ name: z.string(), rule: z.string(), service: z.string(), provider: z.string(), status: z.string().default("enabled") }));

/** A router as Traefik's API shows it. */
export type ApiRouter = z.output<typeof routerPage>[number];

/** The routers that a running Traefik has from its file, as `name service rule`, sorted; null when none is running. */
export async function runningRouters(admin: string): Promise<string[] | null> {
  const routers = await routersOfApi(admin);
  if (routers === null) return null;
  return routers
    .filter((router) => router.provider === "file")
    .map((router) => `${router.name.replace(/@file$/, "")} ${router.service} ${router.rule}`)
    .sort();
}

/** All routers that a running Traefik has, page by page; null when its API does not answer. */
export async function routersOfApi(admin: string): Promise<ApiRouter[] | null> {
  const routers: ApiRouter[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await ask(admin, { path: `/api/http/routers?per_page=500&page=${page}` });
    if (answer.status === 0) return null;
    if (answer.status !== 200) return routers;
    routers.push(...routerPage.parse(JSON.parse(answer.body)));
    if (String(answer.headers["x-next-page"] ?? "1") === "1") return routers;
  }
}
