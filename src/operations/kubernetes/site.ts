import type { Edge } from "../../model/target.ts";
import type { Project } from "../project-file.ts";
import type { Site } from "../site.ts";
import { asOperationError, clustersOf } from "./clusters.ts";
import { findClusterDrift } from "./find-drift.ts";
import { keepOffClusters } from "./keep-off.ts";
import { clusterKillStore } from "./kill-store.ts";
import type { KubernetesPlace } from "./place.ts";
import { lookAtClusterRouters } from "./routers.ts";
import { takeTrafficOffClusters } from "./take-traffic-off.ts";

/** A stage on one or several clusters, through their API servers. */
export function kubernetesSite(project: Project, stage: string, place: KubernetesPlace): Site {
  const clusters = clustersOf(project.root, place);
  const { namespace, wait } = place;
  const home = { namespace, stage };
  const edges: Edge[] = Object.entries(place.clusters).map(([name, { url, api }]) => ({ name, url, api }));
  return {
    edges,
    standingKills: clusterKillStore(clusters, home),
    findDrift: (checkpoint) => findClusterDrift(clusters, stage, checkpoint),
    async lookAtRouters(edge) {
      if (edge.api === null) return null;
      try {
        return await lookAtClusterRouters(await clusters.open(edge.name), edge.api, home, edge.name);
      } catch (error) {
        throw asOperationError(edge.name, error);
      }
    },
    takeTrafficOff: (kill, started) => takeTrafficOffClusters(clusters, edges, home, kill, { wait }, started),
    keepOff: (kill, underWay) => keepOffClusters(clusters, home, kill, { wait }, underWay),
  };
}
