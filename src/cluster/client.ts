import { z } from "zod/mini";
import { type $ZodType, type output, parse } from "zod/v4/core";
import { groupOf, type Kind, qualified } from "../kubernetes/kinds.ts";
import { parseJsonOrNull } from "../model/parse-json.ts";
import { type Credentials, credentialsOf } from "./credentials.ts";
import { type Attempt, ClusterError, isProblem, refusal } from "./errors.ts";
import { collectionPath, knownResource, type ObjectReference, type Resource, versionPath } from "./kinds.ts";
import { readAccess } from "./kubeconfig.ts";
import { type Sent, send } from "./send.ts";

/** An object as it is sent: a whole manifest, or the part of one that is applied. */
export interface Manifest extends Kind {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** Which objects of a kind. */
export interface Selection {
  /** Null for every namespace, and for what is of the whole cluster. */
  readonly namespace: string | null;
  /** Such as `app=voice`; null for all. */
  readonly labels: string | null;
}

/** What one may want to do. */
export interface Wish extends Kind {
  readonly verb: "get" | "list" | "watch" | "create" | "update" | "patch" | "delete";
  readonly namespace: string | null;
  /** Such as `log` of pods; of the objects themselves, when left out. */
  readonly subresource?: string;
  /** Of one object only, when given. */
  readonly name?: string;
}

/** A cluster, through its API server. Every method may throw a ClusterError, and none takes longer than five seconds a request, from when there is a connection for it. */
export interface ClusterClient {
  readonly context: string;
  readonly server: string;
  /** @throws ClusterError (`not-found`) */
  get<T extends $ZodType>(reference: ObjectReference, schema: T): Promise<output<T>>;
  /** The same; null where there is none. */
  find<T extends $ZodType>(reference: ObjectReference, schema: T): Promise<output<T> | null>;
  /** All that there are, page by page. @throws ClusterError (`kind-missing`) where their definition is not installed */
  list<T extends $ZodType>(kind: Kind, selection: Selection, schema: T): Promise<output<T>[]>;
  /** @throws ClusterError (`exists`) */
  create(manifest: Manifest): Promise<void>;
  /** Applies server-side. @throws ClusterError (`conflict`) where others own a field and `force` is not set */
  apply(manifest: Manifest, options: { readonly manager: string; readonly force: boolean }): Promise<void>;
  /** Merges; with `metadata.resourceVersion` only into the object of that version. @throws ClusterError (`not-found`, `outdated`) */
  patch(reference: ObjectReference, change: Readonly<Record<string, unknown>>): Promise<void>;
  /** @param resourceVersion of the only version to be deleted; null for any. @returns whether there was one */
  delete(reference: ObjectReference, resourceVersion: string | null): Promise<boolean>;
  /** Whether these credentials may do something. */
  may(wish: Wish): Promise<boolean>;
  /** The last lines that a pod has written. */
  logs(namespace: string, pod: string, lines: number): Promise<string>;
}

export interface ClusterPlace {
  /** Path of the kubeconfig; null for `KUBECONFIG`, or the usual file. */
  readonly kubeconfig: string | null;
  readonly context: string;
}

/** Objects of one page of a list. */
const PAGE = 500;

/** Opens a cluster; asks nothing of it yet. @throws ClusterError (`kubeconfig`, `context-missing`, `unauthorized`) */
export async function openCluster({ kubeconfig, context }: ClusterPlace): Promise<ClusterClient> {
  const access = await readAccess(kubeconfig, context);
  const credentials = await credentialsOf(access);
  return clientOf(context, access.cluster.server.replace(/\/$/, ""), credentials);
}

const listSchema = z.object({ metadata: z.optional(z.object({ continue: z.optional(z.string()) })), items: z._default(z.nullable(z.array(z.unknown())), []) });
const resourcesSchema = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })) });
const reviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

function clientOf(context: string, server: string, credentials: Credentials): ClusterClient {
  const discovered = new Map<string, Promise<z.output<typeof resourcesSchema>["resources"]>>();

  async function askText(path: string, { method, body, contentType }: Omit<Sent, "url">, asked: Omit<Attempt, "context" | "server">): Promise<string> {
    const url = new URL(`${server}${path}`);
    const answer = await send(credentials, { method, url, body, contentType }).catch((error: unknown) => {
      throw new ClusterError({ kind: "unreachable" }, `The cluster ${context} (${server}) cannot be reached: ${reasonOf(error)}.`);
    });
    if (answer.status < 200 || answer.status > 299) throw refusal({ ...asked, context, server }, answer.status, answer.body);
    return answer.body;
  }

  async function ask(path: string, sent: Omit<Sent, "url">, asked: Omit<Attempt, "context" | "server">): Promise<unknown> {
    return parseJsonOrNull(await askText(path, sent, asked));
  }

  function parsed<T extends $ZodType>(schema: T, value: unknown, what: string): output<T> {
    try {
      return parse(schema, value);
    } catch (error) {
      throw new ClusterError({ kind: "refused", status: 200 }, `The cluster ${context} (${server}) answers for ${what} in another form: ${reasonOf(error)}`);
    }
  }

  async function resourceOf(kind: Kind): Promise<Resource> {
    const known = knownResource(kind);
    if (known !== null) return known;
    const { apiVersion } = kind;
    const asked = { verb: "get", resource: `${kind.kind} of ${apiVersion}`, namespace: null, name: null };
    const listing =
      discovered.get(apiVersion) ?? ask(versionPath(apiVersion), READ, asked).then((value) => parsed(resourcesSchema, value, apiVersion).resources);
    discovered.set(apiVersion, listing);
    const found = (await listing).find((one) => one.kind === kind.kind && !one.name.includes("/"));
    if (found === undefined) throw refusal({ ...asked, context, server }, 404, "");
    return { plural: found.name, namespaced: found.namespaced };
  }

  async function askFor(reference: ObjectReference, verb: string, sent: Omit<Sent, "url">, query = "", ofCollection = false): Promise<unknown> {
    const { apiVersion, namespace, name } = reference;
    const resource = await resourceOf(reference);
    const path = collectionPath(apiVersion, resource, namespace);
    const asked = { verb, resource: qualified({ apiVersion, ...resource }), namespace: resource.namespaced ? namespace : null, name };
    return ask(`${path}${ofCollection ? "" : `/${encodeURIComponent(name)}`}${query}`, sent, asked);
  }

  const client: ClusterClient = {
    context,
    server,
    async get(reference, schema) {
      return parsed(schema, await askFor(reference, "get", READ), `${reference.kind} ${reference.name}`);
    },
    async find(reference, schema) {
      try {
        return await client.get(reference, schema);
      } catch (error) {
        if (isProblem(error, "not-found")) return null;
        throw error;
      }
    },
    async list(kind, { namespace, labels }, schema) {
      const resource = await resourceOf(kind);
      const path = collectionPath(kind.apiVersion, resource, namespace);
      const asked = { verb: "list", resource: qualified({ ...kind, ...resource }), namespace, name: null };
      const items: unknown[] = [];
      for (let next = ""; ; ) {
        const query = new URLSearchParams({
          limit: String(PAGE),
          ...(labels === null ? {} : { labelSelector: labels }),
          ...(next === "" ? {} : { continue: next }),
        });
        const page = parsed(listSchema, await ask(`${path}?${query.toString()}`, READ, asked), asked.resource);
        items.push(...(page.items ?? []));
        next = page.metadata?.continue ?? "";
        if (next === "") return items.map((item) => parsed(schema, item, asked.resource));
      }
    },
    async create(manifest) {
      await askFor(referenceOf(manifest), "create", writing("POST", manifest, "application/json"), "", true);
    },
    async apply(manifest, { manager, force }) {
      const query = `?${new URLSearchParams({ fieldManager: manager, force: String(force), fieldValidation: "Strict" }).toString()}`;
      await askFor(referenceOf(manifest), "patch", writing("PATCH", manifest, "application/apply-patch+yaml"), query);
    },
    async patch(reference, change) {
      await askFor(reference, "patch", writing("PATCH", change, "application/merge-patch+json"));
    },
    async delete(reference, resourceVersion) {
      const options = { apiVersion: "v1", kind: "DeleteOptions", ...(resourceVersion === null ? {} : { preconditions: { resourceVersion } }) };
      try {
        await askFor(reference, "delete", writing("DELETE", options, "application/json"));
        return true;
      } catch (error) {
        if (isProblem(error, "not-found")) return false;
        throw error;
      }
    },
    async may({ verb, namespace, subresource, name, ...kind }) {
      const { plural } = await resourceOf(kind);
      const part = { ...(subresource === undefined ? {} : { subresource }), ...(name === undefined ? {} : { name }) };
      const attributes = { verb, group: groupOf(kind.apiVersion), resource: plural, ...(namespace === null ? {} : { namespace }), ...part };
      const review = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec: { resourceAttributes: attributes } };
      const asked = { verb: "create", resource: "selfsubjectaccessreviews.authorization.k8s.io", namespace: null, name: null };
      const answer = await ask("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", writing("POST", review, "application/json"), asked);
      return parsed(reviewSchema, answer, asked.resource).status.allowed;
    },
    logs(namespace, pod, lines) {
      const path = `${collectionPath("v1", { plural: "pods", namespaced: true }, namespace)}/${encodeURIComponent(pod)}/log?tailLines=${lines}`;
      return askText(path, READ, { verb: "get", resource: "pods/log", namespace, name: pod });
    },
  };
  return client;
}

const READ = { method: "GET", body: null, contentType: "" } as const;

function writing(method: Sent["method"], body: object, contentType: string): Omit<Sent, "url"> {
  return { method, body: JSON.stringify(body), contentType };
}

function referenceOf({ apiVersion, kind, metadata: { name, namespace } }: Manifest): ObjectReference {
  return { apiVersion, kind, namespace: namespace ?? null, name };
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
