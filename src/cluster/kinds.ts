/** A kind of objects, as a manifest names it. */
export interface Kind {
  /** Such as `v1` and `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
}

/** One object. */
export interface ObjectReference extends Kind {
  /** Null for what is of the whole cluster. */
  readonly namespace: string | null;
  readonly name: string;
}

/** How an API server names a kind. */
export interface Resource {
  /** Plural, as in paths. */
  readonly plural: string;
  readonly namespaced: boolean;
}

const inNamespaces = (plural: string): Resource => ({ plural, namespaced: true });

/** The kinds that Sluice makes or looks at; of others the API server is asked. */
const KNOWN: Readonly<Record<string, Resource>> = {
  "v1 ConfigMap": inNamespaces("configmaps"),
  "v1 Namespace": { plural: "namespaces", namespaced: false },
  "v1 Pod": inNamespaces("pods"),
  "v1 Service": inNamespaces("services"),
  "v1 ServiceAccount": inNamespaces("serviceaccounts"),
  "apiextensions.k8s.io/v1 CustomResourceDefinition": { plural: "customresourcedefinitions", namespaced: false },
  "apps/v1 Deployment": inNamespaces("deployments"),
  "apps/v1 ReplicaSet": inNamespaces("replicasets"),
  "autoscaling/v2 HorizontalPodAutoscaler": inNamespaces("horizontalpodautoscalers"),
  "discovery.k8s.io/v1 EndpointSlice": inNamespaces("endpointslices"),
  "networking.k8s.io/v1 NetworkPolicy": inNamespaces("networkpolicies"),
  "policy/v1 PodDisruptionBudget": inNamespaces("poddisruptionbudgets"),
  "traefik.io/v1alpha1 IngressRoute": inNamespaces("ingressroutes"),
  "traefik.io/v1alpha1 Middleware": inNamespaces("middlewares"),
  "traefik.io/v1alpha1 TraefikService": inNamespaces("traefikservices"),
};

/** How a kind is named where no API server needs to be asked; null elsewhere. */
export function knownResource({ apiVersion, kind }: Kind): Resource | null {
  return KNOWN[`${apiVersion} ${kind}`] ?? null;
}

/** The group of an API version; empty for the core. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
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
