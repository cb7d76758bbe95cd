/** A kind of objects, as a manifest names it. */
export interface Kind {
  /** Such as `v1` and `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
}

/** A kind, with how an API server names it. */
export interface KnownKind extends Kind {
  /** As in paths. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The kinds that Sluice makes or looks at. */
export const KINDS = {
  config: inNamespaces("v1", "ConfigMap", "configmaps"),
  pod: inNamespaces("v1", "Pod", "pods"),
  service: inNamespaces("v1", "Service", "services"),
  account: inNamespaces("v1", "ServiceAccount", "serviceaccounts"),
  deployment: inNamespaces("apps/v1", "Deployment", "deployments"),
  replicaSet: inNamespaces("apps/v1", "ReplicaSet", "replicasets"),
  autoscaler: inNamespaces("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
  slice: inNamespaces("discovery.k8s.io/v1", "EndpointSlice", "endpointslices"),
  policy: inNamespaces("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
  budget: inNamespaces("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
  route: inNamespaces("traefik.io/v1alpha1", "IngressRoute", "ingressroutes"),
  middleware: inNamespaces("traefik.io/v1alpha1", "Middleware", "middlewares"),
  slot: inNamespaces("traefik.io/v1alpha1", "TraefikService", "traefikservices"),
  alerts: inNamespaces("monitoring.coreos.com/v1", "PrometheusRule", "prometheusrules"),
  monitor: inNamespaces("monitoring.coreos.com/v1", "ServiceMonitor", "servicemonitors"),
  namespace: { apiVersion: "v1", kind: "Namespace", plural: "namespaces", namespaced: false },
  definition: { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", plural: "customresourcedefinitions", namespaced: false },
} as const satisfies Readonly<Record<string, KnownKind>>;

/** The group of an API version; empty for the core. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** A plural with its group, such as `ingressroutes.traefik.io`. */
export function qualified({ apiVersion, plural }: Pick<KnownKind, "apiVersion" | "plural">): string {
  const group = groupOf(apiVersion);
  return group === "" ? plural : `${plural}.${group}`;
}

function inNamespaces(apiVersion: string, kind: string, plural: string): KnownKind {
  return { apiVersion, kind, plural, namespaced: true };
}
