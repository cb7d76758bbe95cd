import type { Edge } from "../../model/target.ts";
import type { RolloutPlan } from "../../plan/rollout-plan.ts";
import { probeRoutes, type RouteAnswer } from "../../traffic/probe-routes.ts";
import type { Site } from "../site.ts";
import type { Checkpoint } from "../state-files.ts";

/** What a stage's Traefiks route. */
export interface RoutesSeen {
  /** Routers that are there and should not be, or the other way round. */
  readonly routersAmiss: readonly string[];
  readonly answers: readonly RouteAnswer[];
}

/** Looks at the routers and asks every route of every Traefik of a stage; null when none of them could be looked at. */
export async function lookAtRoutes(site: Site, plan: RolloutPlan, expected: Checkpoint): Promise<RoutesSeen | null> {
  const seen = await Promise.all(site.edges.map((edge) => lookAtEdge(site, edge, plan, expected)));
  const found = seen.filter((one) => one !== null);
  if (found.length === 0) return null;
  return { routersAmiss: found.flatMap(({ routersAmiss }) => routersAmiss), answers: found.flatMap(({ answers }) => answers) };
}

async function lookAtEdge(site: Site, edge: Edge, plan: RolloutPlan, expected: Checkpoint): Promise<RoutesSeen | null> {
  const running = edge.api === null ? null : await site.lookAtRouters(edge);
  if (edge.api === null ? edge.url === null : running === null) return null;
  const { missing, tooMany } = running?.compare(expected) ?? { missing: [], tooMany: [] };
  const where = site.edges.length === 1 ? "" : `${edge.name}: `;
  // Names alone: a rule may hold a tester's secret.
  const routersAmiss = [...missing, ...tooMany].map((router) => `${where}${router.split(" ").slice(0, 2).join(" -> ")}`);
  const answers = edge.url === null ? [] : await probeRoutes(plan, edge.url);
  return { routersAmiss, answers: answers.map((answer) => ({ ...answer, route: `${where}${answer.route}` })) };
}
