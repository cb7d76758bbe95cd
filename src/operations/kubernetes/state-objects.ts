import { z } from "zod/mini";
import { type Checkpoint, resourceName } from "../state-files.ts";

/** An object of a cluster as the state has it. */
export interface StateObject {
  /** Logical name of the resource. */
  readonly resource: string;
  /** Name of the cluster in the stage's config. */
  readonly cluster: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly manifest: Readonly<Record<string, unknown>>;
}

const TYPES = "kubernetes:";
const inputsSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.optional(z.string()) }),
});

/** The objects that a state has in clusters. */
export function stateObjects({ resources }: Checkpoint): StateObject[] {
  return resources.flatMap(({ urn, type, inputs, provider }) => {
    const parsed = inputsSchema.safeParse(inputs);
    if (!type.startsWith(TYPES) || provider === null || !parsed.success) return [];
    const { apiVersion, kind, metadata } = parsed.data;
    return [
      {
        resource: resourceName(urn),
        cluster: clusterOf(provider),
        apiVersion,
        kind,
        namespace: metadata.namespace ?? null,
        name: metadata.name,
        manifest: parsed.data,
      },
    ];
  });
}

/** The provider of a cluster has the cluster's name; its reference is its URN and its ID. */
function clusterOf(provider: string): string {
  return provider.split("::").at(-2) ?? "";
}
