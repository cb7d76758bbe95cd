import { z } from "zod/mini";
import type { ClusterClient } from "../../cluster/client.ts";
import type { Home } from "../../cluster/live-stage.ts";
import { stageSelector } from "../../kubernetes/labels.ts";
import { traefikRouterName } from "../../kubernetes/names.ts";
import { routeSpecSchema } from "../../kubernetes/routing-schemas.ts";
import { TRAEFIK_API } from "../../kubernetes/routing-types.ts";
import type { RouterDifference } from "../compare-routers.ts";
import { routersOfApi } from "../probe.ts";
import type { RunningRouters } from "../site.ts";
import type { Checkpoint } from "../state-files.ts";
import { stateObjects } from "./state-objects.ts";

/** Ending of the IngressRoutes for testers, and of Sluice's name for their routers. */
const TESTERS_ROUTE = /\.testers$/;
const TESTERS_ROUTER = ".tester";

const routeSchema = z.object({ metadata: z.object({ name: z.string() }), spec: routeSpecSchema });
type Route = z.output<typeof routeSchema>;

/** The routers that the Traefik of a cluster has of a stage, by the names of Sluice; null when its API does not answer. @throws ClusterError */
export async function lookAtClusterRouters(client: ClusterClient, api: string, { namespace, stage }: Home, cluster: string): Promise<RunningRouters | null> {
  const [running, objects] = await Promise.all([
    routersOfApi(api),
    client.list({ apiVersion: TRAEFIK_API, kind: "IngressRoute" }, { namespace, labels: stageSelector(stage) }, z.unknown()),
  ]);
  if (running === null) return null;
  const names = new Set(running.filter(({ provider, status }) => provider === "kubernetescrd" && status === "enabled").map(({ name }) => name));
  const taken = (routes: readonly Route[]): string[] => routes.flatMap((route) => routersOf(namespace, route, names));
  const routers = taken(objects.flatMap(parsedRoute)).sort();
  return {
    routers,
    compare(checkpoint) {
      const expected = stateRoutes(checkpoint, cluster);
      return compareClusterRouters(
        expected.flatMap((route) => routersOf(namespace, route, null)),
        // Traefik may still have what is gone from the cluster.
        [...new Set([...routers, ...taken(expected)])],
      );
    },
  };
}

/** Compares routers, apart from those of testers: their rules hold a secret, which the state does not show. */
export function compareClusterRouters(expected: readonly string[], running: readonly string[]): RouterDifference {
  const [wanted, found] = [expected, running].map((routers) => routers.filter((router) => router.split(" ")[0]?.endsWith(TESTERS_ROUTER) !== true));
  return {
    missing: (wanted ?? []).filter((router) => found?.includes(router) !== true),
    tooMany: (found ?? []).filter((router) => wanted?.includes(router) !== true),
  };
}

/**
 * The routers of an IngressRoute as `name service rule`; the name is that of the route, with the bucket that the slot is for.
 * @param names of the routers that Traefik has; null for all that it should have
 */
export function routersOf(namespace: string, { metadata: { name: route }, spec }: Route, names: ReadonlySet<string> | null): string[] {
  return spec.routes.flatMap(({ match, services }) => {
    if (names !== null && !names.has(traefikRouterName(namespace, route, match))) return [];
    const slot = services[0]?.name ?? "";
    const bucket = /\.bucket-\d+$/.exec(slot)?.[0] ?? "";
    return [`${route.replace(TESTERS_ROUTE, TESTERS_ROUTER)}${bucket} ${slot} ${match}`];
  });
}

/** The IngressRoutes of a state in one cluster; those that hold a secret are none that can be read. */
function stateRoutes(checkpoint: Checkpoint, cluster: string): Route[] {
  return stateObjects(checkpoint)
    .filter((object) => object.cluster === cluster && object.kind === "IngressRoute")
    .flatMap(({ manifest }) => parsedRoute(manifest));
}

function parsedRoute(object: unknown): Route[] {
  const parsed = routeSchema.safeParse(object);
  return parsed.success ? [parsed.data] : [];
}
