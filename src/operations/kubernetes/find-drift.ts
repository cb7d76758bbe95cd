import { z } from "zod/mini";
import type { ClusterClient } from "../../cluster/client.ts";
import { isProblem } from "../../cluster/errors.ts";
import { stageSelector } from "../../kubernetes/labels.ts";
import { inParallel } from "../../net/in-parallel.ts";
import type { DriftedPart } from "../drift.ts";
import type { Checkpoint } from "../state-files.ts";
import { asOperationError, type Clusters } from "./clusters.ts";
import { differingFields } from "./differing-fields.ts";
import { type StateObject, stateObjects } from "./state-objects.ts";

/** How many single objects are asked for at once. */
const AT_ONCE = 8;
/** How many fields are named of an object. */
const SHOWN = 3;

const objectSchema = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });
type Live = z.output<typeof objectSchema>;

/**
 * The objects of a stage that are not as a state has them, read without the engine.
 * @throws OperationError naming the cluster that cannot be looked at
 */
export async function findClusterDrift(clusters: Clusters, stage: string, checkpoint: Checkpoint): Promise<DriftedPart[]> {
  const byCluster = Map.groupBy(stateObjects(checkpoint), ({ cluster }) => cluster);
  const found = await Promise.all(
    clusters.names.map(async (name) => {
      try {
        const objects = byCluster.get(name) ?? [];
        return objects.length === 0 ? [] : await driftIn(await clusters.open(name), stage, objects);
      } catch (error) {
        throw asOperationError(name, error);
      }
    }),
  );
  return found.flat();
}

async function driftIn(client: ClusterClient, stage: string, objects: readonly StateObject[]): Promise<DriftedPart[]> {
  const live = await readAll(client, stage, objects);
  return objects.flatMap((object): DriftedPart[] => {
    const found = live.get(keyOf(object)) ?? null;
    const path = `${object.cluster}: ${object.kind} ${object.name}`;
    if (found === null) return [{ name: object.resource, path, state: "missing" }];
    const fields = differingFields(object.manifest, found);
    if (fields.length === 0) return [];
    const more = fields.length > SHOWN ? ` and ${fields.length - SHOWN} more` : "";
    return [{ name: object.resource, path: `${path} (${fields.slice(0, SHOWN).join(", ")}${more})`, state: "differs" }];
  });
}

/** Reads objects of a kind by their label at once, and singly those that have it no longer, or never had. */
async function readAll(client: ClusterClient, stage: string, objects: readonly StateObject[]): Promise<ReadonlyMap<string, Live>> {
  const groups = Map.groupBy(objects, ({ apiVersion, kind, namespace }) => [apiVersion, kind, namespace ?? ""].join(" "));
  const live = new Map<string, Live>();
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const [first] = group;
      if (first === undefined) return;
      const { apiVersion, kind, namespace } = first;
      const listed = await client.list({ apiVersion, kind }, { namespace, labels: stageSelector(stage) }, objectSchema).catch(noneOfKind);
      for (const object of listed) live.set(keyOf({ apiVersion, kind, namespace, name: object.metadata.name }), object);
    }),
  );
  const others = objects.filter((object) => !live.has(keyOf(object)));
  await inParallel(others, AT_ONCE, async (object) => {
    const [found = null] = await client.find(object, objectSchema).then((one) => [one], noneOfKind);
    if (found !== null) live.set(keyOf(object), found);
  });
  return live;
}

/** Where the definition of a kind is gone, so are its objects. */
function noneOfKind(error: unknown): Live[] {
  if (isProblem(error, "kind-missing")) return [];
  throw error;
}

function keyOf({ apiVersion, kind, namespace, name }: Pick<StateObject, "apiVersion" | "kind" | "namespace" | "name">): string {
  return [apiVersion, kind, namespace ?? "", name].join(" ");
}
