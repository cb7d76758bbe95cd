import { parse } from "zod/v4/core";
import type { ClusterClient, Manifest } from "../../src/cluster/client.ts";
import { ClusterError } from "../../src/cluster/errors.ts";

/** A cluster's objects in memory, each with a version. */
export interface MemoryCluster {
  /** A client whose every request takes effect once `turn` has come. */
  client(turn: () => Promise<unknown>): ClusterClient;
  /** Writes an object as the engine would, over whatever is there. */
  write(manifest: Manifest): void;
  read(kind: string, name: string): Manifest | undefined;
}

export function memoryCluster(): MemoryCluster {
  const objects = new Map<string, Manifest>();
  let version = 0;
  const keyOf = (kind: string, name: string): string => `${kind} ${name}`;
  const write = (manifest: Manifest): void => {
    version += 1;
    const metadata = { ...manifest.metadata, resourceVersion: String(version) };
    objects.set(keyOf(manifest.kind, manifest.metadata.name), { ...manifest, metadata });
  };
  const fail = (kind: "not-found" | "exists" | "outdated"): never => {
    throw new ClusterError({ kind }, kind);
  };
  const versionIn = (manifest: unknown): unknown =>
    typeof manifest === "object" && manifest !== null && "metadata" in manifest && typeof manifest.metadata === "object" && manifest.metadata !== null
      ? Object.entries(manifest.metadata).find(([key]) => key === "resourceVersion")?.[1]
      : undefined;
  /** The object, where it is there and of the version that is wanted. */
  const current = (kind: string, name: string, wanted: unknown): Manifest => {
    const found = objects.get(keyOf(kind, name)) ?? fail("not-found");
    return wanted === undefined || wanted === null || versionIn(found) === wanted ? found : fail("outdated");
  };
  return {
    write,
    read: (kind, name) => objects.get(keyOf(kind, name)),
    client(turn) {
      const client: ClusterClient = {
        context: "memory",
        server: "memory",
        async get({ kind, name }, schema) {
          await turn();
          return parse(schema, current(kind, name, null));
        },
        async find({ kind, name }, schema) {
          await turn();
          const found = objects.get(keyOf(kind, name));
          return found === undefined ? null : parse(schema, found);
        },
        async list({ kind }, _selection, schema) {
          await turn();
          return [...objects.values()].filter((object) => object.kind === kind).map((object) => parse(schema, object));
        },
        async create(manifest) {
          await turn();
          if (objects.has(keyOf(manifest.kind, manifest.metadata.name))) fail("exists");
          write(manifest);
        },
        async apply(manifest) {
          await turn();
          current(manifest.kind, manifest.metadata.name, versionIn(manifest));
          write(manifest);
        },
        async patch({ kind, name }, change) {
          await turn();
          const found = current(kind, name, versionIn(change));
          write({ ...found, ...change, metadata: found.metadata });
        },
        async delete({ kind, name }, wanted) {
          await turn();
          if (!objects.has(keyOf(kind, name))) return false;
          current(kind, name, wanted);
          objects.delete(keyOf(kind, name));
          return true;
        },
        may: async () => true,
        logs: async () => "",
      };
      return client;
    },
  };
}
