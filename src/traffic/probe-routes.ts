import { VARIANT_HEADER } from "../model/headers.ts";
import { type Answer, ask, type Connections } from "../net/ask.ts";
import type { RolloutPlan } from "../plan/rollout-plan.ts";
import { type RouteProbe, routeProbes } from "../plan/route-probes.ts";

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
  const { probes, unasked } = routeProbes(plan);
  const skipped = unasked.map(({ name, rule }) => ({
    route: name,
    visitor: "everyone",
    state: "not asked" as const,
    detail: `no sample request can be made of ${rule}`,
  }));
  return [...(await Promise.all(probes.map((probe) => askRoute(probe, url, agent)))), ...skipped];
}

/** Sends one probe, and holds what answers against what it expects. */
export async function askRoute(probe: RouteProbe, url: string, agent?: Connections): Promise<RouteAnswer> {
  const { route, visitor, method, path, headers, expected, narrower } = probe;
  const answer = await ask(url, { method, path, headers }, agent);
  const mark = markIn(answer);
  if (isAnswered(answer) && expected.includes(mark)) return { route, visitor, state: "as planned", detail: "" };
  if (narrower.includes(mark)) return { route, visitor, state: "not asked", detail: `a route of higher priority takes ${path}` };
  const found = answer.error ?? `status ${answer.status} from variant ${mark === "" ? "none" : mark}, expected ${expected.join(" or ")}`;
  return { route, visitor, state: "wrong", detail: found };
}

/** The mark of the variant that answered; empty where none did. */
export function markIn(answer: Answer): string {
  return String(answer.headers[VARIANT_HEADER.toLowerCase()] ?? "");
}

/** Whether an application answered, and not Traefik in the place of one that is not there. */
export function isAnswered(answer: Answer): boolean {
  return answer.error === null && ![502, 503, 504].includes(answer.status);
}
