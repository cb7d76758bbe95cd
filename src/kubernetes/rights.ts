import { FLAGD, STANDING_KILLS } from "./names.ts";
import { TRAEFIK_API } from "./routing-types.ts";

/** What an identity is for: `pulumi up`, `sluice kill` alone, or looking only. */
export type Duty = "update" | "kill" | "look";

export type Verb = "get" | "list" | "watch" | "create" | "patch" | "delete";

/** Some verbs on one kind of objects. */
export interface Right {
  readonly apiVersion: string;
  readonly kind: string;
  /** As in paths. */
  readonly plural: string;
  /** Such as `log` of pods; null for the objects themselves. */
  readonly subresource: string | null;
  readonly verbs: readonly Verb[];
  /** Of these objects only; null for all. */
  readonly names: readonly string[] | null;
  /** `stage` in the stage's namespace, `cluster` for what is of the whole cluster. */
  readonly scope: "stage" | "cluster";
}

/** The Kubernetes provider applies and reads, and looks at what it deletes until it is gone. */
const MAKE: readonly Verb[] = ["get", "list", "watch", "create", "patch", "delete"];
const READ: readonly Verb[] = ["get", "list", "watch"];
const LOOK: readonly Verb[] = ["get", "list"];

const config = kind("v1", "ConfigMap", "configmaps");
const service = kind("v1", "Service", "services");
const account = kind("v1", "ServiceAccount", "serviceaccounts");
const pod = kind("v1", "Pod", "pods");
const deployment = kind("apps/v1", "Deployment", "deployments");
const replicaSet = kind("apps/v1", "ReplicaSet", "replicasets");
const autoscaler = kind("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers");
const budget = kind("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets");
const policy = kind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies");
const slice = kind("discovery.k8s.io/v1", "EndpointSlice", "endpointslices");
const rules = kind(TRAEFIK_API, "IngressRoute", "ingressroutes");
const slots = kind(TRAEFIK_API, "TraefikService", "traefikservices");
const middleware = kind(TRAEFIK_API, "Middleware", "middlewares");
const namespace = kind("v1", "Namespace", "namespaces");
const definition = kind("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions");

/** Kinds that Sluice makes in a stage's namespace. */
export const MADE = [config, service, account, deployment, autoscaler, budget, policy, rules, slots, middleware];

/** Names of Traefik's definitions that routing needs. */
export const DEFINITIONS = [rules, slots, middleware].map(({ plural }) => `${plural}.traefik.io`);

/** The namespace by whose UID a cluster is known. */
export const IDENTITY = "kube-system";

/** The rights that a duty needs, and no others. @param home the stage's namespace; null where the name is not known */
export function rightsOf(duty: Duty, home: string | null): readonly Right[] {
  const ownNamespace = may(namespace, ["get"], home === null ? null : [home]);
  const ofCluster: Right[] = [
    { ...may(namespace, ["get"], [IDENTITY]), scope: "cluster" },
    { ...may(definition, ["get"], DEFINITIONS), scope: "cluster" },
  ];
  switch (duty) {
    case "update":
      return [
        ...MADE.map((one) => may(one, MAKE)),
        may(replicaSet, READ),
        may(pod, READ),
        part(pod, "log", ["get"]),
        may(slice, LOOK),
        ownNamespace,
        ...ofCluster,
      ];
    case "kill":
      return [
        may(config, ["get", "patch", "delete"], [STANDING_KILLS, FLAGD]),
        may(config, ["create"]),
        may(service, ["list"]),
        may(slice, ["list"]),
        may(slots, ["list", "patch"]),
        may(middleware, ["list", "patch"]),
        may(rules, ["list", "delete"]),
        ...ofCluster.slice(0, 1),
      ];
    case "look":
      return [...MADE.map((one) => may(one, LOOK)), may(pod, LOOK), may(slice, LOOK), ownNamespace, ...ofCluster.slice(0, 1)];
    default:
      return duty satisfies never;
  }
}

function kind(apiVersion: string, name: string, plural: string): Pick<Right, "apiVersion" | "kind" | "plural"> {
  return { apiVersion, kind: name, plural };
}

function may(of: Pick<Right, "apiVersion" | "kind" | "plural">, verbs: readonly Verb[], names: readonly string[] | null = null): Right {
  return { ...of, subresource: null, verbs, names, scope: "stage" };
}

function part(of: Pick<Right, "apiVersion" | "kind" | "plural">, subresource: string, verbs: readonly Verb[]): Right {
  return { ...may(of, verbs), subresource };
}
