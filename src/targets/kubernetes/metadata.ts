import { FIELD_MANAGER, labelsOf } from "../../kubernetes/labels.ts";

/** Where the objects of a stage belong. */
export interface ObjectHome {
  readonly stage: string;
  readonly namespace: string;
  /** Whether the engine waits until an object is ready. */
  readonly wait: boolean;
}

export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

/** The metadata of one object. @param service the catalogue's, null for what is shared */
export function metadataOf(
  home: ObjectHome,
  name: string,
  service: string | null,
  extra: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> } = {},
): Metadata {
  return {
    name,
    namespace: home.namespace,
    labels: { ...labelsOf(home.stage, service), ...extra.labels },
    annotations: { "pulumi.com/patchFieldManager": FIELD_MANAGER, ...(home.wait ? {} : { "pulumi.com/skipAwait": "true" }), ...extra.annotations },
  };
}

/** Nobody else may write the routing: what a person has changed by hand is taken back, and is no conflict. */
export const TAKEN_BACK = { "pulumi.com/patchForce": "true" } as const;
