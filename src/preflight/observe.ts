import { z } from "zod/mini";
import type { ClusterClient } from "../cluster/client.ts";
import { isProblem } from "../cluster/errors.ts";
import { readClusterKills } from "../cluster/standing-kills.ts";
import type { StandingKill } from "../files/standing-kills.ts";
import { STAGE_LABEL } from "../kubernetes/labels.ts";
import type { ObjectName } from "../kubernetes/objects.ts";
import { DEFINITIONS, IDENTITY, MADE, MONITORED, MONITORING_DEFINITIONS, type Right, rightsOf, type Verb } from "../kubernetes/rights.ts";

/** A definition of Traefik's resources, as far as routing needs it. */
export interface Definition {
  readonly name: string;
  /** Whether the API server serves the version that Sluice writes. */
  readonly served: boolean;
  /** Whether a weighted service may have middlewares, which Traefik has since 3.7; true for other kinds. */
  readonly hasMiddlewares: boolean;
}

/** A right that these credentials have not. */
export interface MissingRight {
  readonly right: Right;
  readonly verb: Verb;
  /** The one object; null for all. */
  readonly name: string | null;
}

/** Everything that is asked of one cluster before an update; null for what these credentials may not see. */
export interface Observation {
  readonly uid: string | null;
  readonly namespace: "there" | "missing" | "ending" | null;
  /** Those that are there. */
  readonly definitions: readonly Definition[] | null;
  readonly missingRights: readonly MissingRight[];
  /** Objects of other stages, or of nobody's, among the kinds that Sluice makes. */
  readonly strangers: readonly (ObjectName & { readonly stage: string | null })[];
  readonly kills: readonly StandingKill[];
}

export interface Question {
  readonly stage: string;
  readonly namespace: string;
  /** Whether the config says which cluster it must be. */
  readonly identified: boolean;
  /** Whether Traefik's definitions must be there already. */
  readonly definitions: boolean;
  /** Whether the stage has monitoring. */
  readonly monitored: boolean;
}

/** Asks everything of a cluster at once. @throws ClusterError where it cannot be asked at all; Error where its standing kills cannot be used */
export async function observe(client: ClusterClient, question: Question): Promise<Observation> {
  const { namespace } = question;
  const rights = rightsOf("update", namespace).filter((right) => isNeeded(right, question));
  const sought = [...(question.definitions ? DEFINITIONS : []), ...(question.monitored ? MONITORING_DEFINITIONS : [])];
  const [uid, own, definitions, missingRights, strangers, kills] = await Promise.all([
    question.identified ? uidOf(client) : null,
    unlessForbidden(namespaceState(client, namespace)),
    sought.length === 0 ? [] : unlessForbidden(findDefinitions(client, sought)),
    findMissing(client, rights, namespace),
    findStrangers(client, question),
    readClusterKills(client, namespace).catch(noneIfForbidden),
  ]);
  return { uid, namespace: own, definitions, missingRights, strangers, kills };
}

function isNeeded({ scope, apiVersion, kind }: Right, { identified, definitions, monitored }: Question): boolean {
  if (scope === "stage") return monitored || !MONITORED.some((one) => one.apiVersion === apiVersion && one.kind === kind);
  return kind === "Namespace" ? identified : definitions || monitored;
}

const namespaceSchema = z.object({
  metadata: z.object({ uid: z.string() }),
  status: z._default(z.object({ phase: z._default(z.string(), "") }), { phase: "" }),
});

async function uidOf(client: ClusterClient): Promise<string | null> {
  return unlessForbidden(
    client.get({ apiVersion: "v1", kind: "Namespace", namespace: null, name: IDENTITY }, namespaceSchema).then(({ metadata }) => metadata.uid),
  );
}

async function namespaceState(client: ClusterClient, name: string): Promise<"there" | "missing" | "ending"> {
  const found = await client.find({ apiVersion: "v1", kind: "Namespace", namespace: null, name }, namespaceSchema);
  if (found === null) return "missing";
  return found.status.phase === "Terminating" ? "ending" : "there";
}

const definitionSchema = z.object({
  spec: z.object({ versions: z.array(z.object({ name: z.string(), served: z.boolean(), schema: z.optional(z.unknown()) })) }),
});
/** Where a schema of a TraefikService says what a child of a weighted service may have. */
const childSchema = z.object({
  openAPIV3Schema: nested(
    ["properties", "spec", "properties", "weighted", "properties", "services", "items", "properties"],
    z.looseObject({ middlewares: z.unknown() }),
  ),
});

async function findDefinitions(client: ClusterClient, names: readonly string[]): Promise<Definition[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const definition = await client.find(
        { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", namespace: null, name },
        definitionSchema,
      );
      const version = definition?.spec.versions.find((one) => one.name === (DEFINITIONS.includes(name) ? "v1alpha1" : "v1"));
      const hasMiddlewares = !name.startsWith("traefikservices.") || childSchema.safeParse(version?.schema).data?.openAPIV3Schema !== undefined;
      return definition === null ? [] : [{ name, served: version?.served === true, hasMiddlewares }];
    }),
  );
  return found.flat();
}

/** An object with an object at each key of a path. */
function nested(keys: readonly string[], leaf: z.ZodMiniType): z.ZodMiniType {
  return keys.reduceRight<z.ZodMiniType>((inner, key) => z.looseObject({ [key]: inner }), leaf);
}

async function findMissing(client: ClusterClient, rights: readonly Right[], namespace: string): Promise<MissingRight[]> {
  const wishes = rights.flatMap((right) => right.verbs.flatMap((verb) => (right.names ?? [null]).map((name) => ({ right, verb, name }))));
  const answers = await Promise.all(
    wishes.map(async ({ right: { apiVersion, kind, subresource, scope }, verb, name }) =>
      client.may({
        apiVersion,
        kind,
        verb,
        namespace: scope === "stage" ? namespace : null,
        ...(subresource === null ? {} : { subresource }),
        ...(name === null ? {} : { name }),
      }),
    ),
  );
  return wishes.filter((_wish, index) => answers[index] === false);
}

const strangerSchema = z.object({ metadata: z.object({ name: z.string(), labels: z._default(z.record(z.string(), z.string()), {}) }) });

async function findStrangers(client: ClusterClient, { stage, namespace, monitored }: Question): Promise<Observation["strangers"]> {
  const found = await Promise.all(
    [...MADE, ...(monitored ? MONITORED : [])].map(async ({ apiVersion, kind }) => {
      const objects = await client.list({ apiVersion, kind }, { namespace, labels: `${STAGE_LABEL}!=${stage}` }, strangerSchema).catch(noneIfForbidden);
      return objects.map(({ metadata }) => ({ kind, name: metadata.name, stage: metadata.labels[STAGE_LABEL] ?? null }));
    }),
  );
  return found.flat();
}

async function unlessForbidden<T>(asked: Promise<T>): Promise<T | null> {
  return asked.catch((error: unknown) => {
    if (isProblem(error, "forbidden")) return null;
    throw error;
  });
}

/** What may not be seen, and what cannot be there: the rights and the definitions are told apart from this. */
function noneIfForbidden(error: unknown): never[] {
  if (isProblem(error, "forbidden") || isProblem(error, "kind-missing") || isProblem(error, "not-found")) return [];
  throw error;
}
