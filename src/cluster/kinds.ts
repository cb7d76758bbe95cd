import { KINDS, type Kind, type KnownKind } from "../kubernetes/kinds.ts";

/** One object. */
export interface ObjectReference extends Kind {
  /** Null for what is of the whole cluster. */
  readonly namespace: string | null;
  readonly name: string;
}

/** How an API server names a kind. */
export type Resource = Pick<KnownKind, "plural" | "namespaced">;

const KNOWN: readonly KnownKind[] = Object.values(KINDS);

/** How a kind is named where no API server needs to be asked; null elsewhere. */
export function knownResource({ apiVersion, kind }: Kind): Resource | null {
  const known = KNOWN.find((one) => one.apiVersion === apiVersion && one.kind === kind);
  return known === undefined ? null : { plural: known.plural, namespaced: known.namespaced };
}

/** Path of an API version, under which its resources are. */
export function versionPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** Path of objects of a kind. @param namespace null for all namespaces, and for what is of the whole cluster */
export function collectionPath(apiVersion: string, { plural, namespaced }: Resource, namespace: string | null): string {
  const within = namespaced && namespace !== null ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${versionPath(apiVersion)}${within}/${plural}`;
}
