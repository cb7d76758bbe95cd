import type { Home } from "../../cluster/live-stage.ts";
import { editClusterKills, readClusterKills } from "../../cluster/standing-kills.ts";
import type { StandingKill } from "../../files/standing-kills.ts";
import { STANDING_KILLS } from "../../kubernetes/names.ts";
import type { KillStore } from "../site.ts";
import { asOperationError, type Clusters } from "./clusters.ts";

/** The standing kills of all clusters of a stage. Its methods throw an OperationError that names the cluster. */
export function clusterKillStore(clusters: Clusters, home: Home): KillStore {
  const inEach = <T>(task: (name: string) => Promise<T>): Promise<T[]> =>
    Promise.all(
      clusters.names.map((name) =>
        task(name).catch((error: unknown) => {
          throw asOperationError(name, error);
        }),
      ),
    );
  return {
    place: `ConfigMap ${STANDING_KILLS} in namespace ${home.namespace} of ${clusters.names.join(", ")}`,
    async read() {
      const found = await inEach(async (name) => readClusterKills(await clusters.open(name), home.namespace));
      return [...new Map(found.flat().map((kill): [string, StandingKill] => [kill.subject, kill])).values()];
    },
    async edit(change) {
      await inEach(async (name) => editClusterKills(await clusters.open(name), home, change));
    },
  };
}
