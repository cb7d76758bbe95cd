import { KINDS, type KnownKind, qualified } from "./kinds.ts";
import { FLAGD, STANDING_KILLS } from "./names.ts";

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

/** Kinds that Sluice makes in a stage's namespace. */
export const MADE: readonly KnownKind[] = [
  KINDS.config,
  KINDS.service,
  KINDS.account,
  KINDS.deployment,
  KINDS.autoscaler,
  KINDS.budget,
  KINDS.policy,
  KINDS.route,
  KINDS.slot,
  KINDS.middleware,
];

/** Kinds that it makes as well where the stage has monitoring, of the Prometheus operator. */
export const MONITORED: readonly KnownKind[] = [KINDS.alerts, KINDS.monitor];

/** Names of Traefik's definitions that routing needs. */
export const DEFINITIONS = [KINDS.route, KINDS.slot, KINDS.middleware].map(qualified);

/** Names of the definitions that monitoring needs. */
export const MONITORING_DEFINITIONS = MONITORED.map(qualified);

/** The namespace by whose UID a cluster is known. */
export const IDENTITY = "kube-system";

/** The rights that a duty needs, and no others. @param home the stage's namespace; null where the name is not known */
export function rightsOf(duty: Duty, home: string | null): readonly Right[] {
  const ownNamespace = may(KINDS.namespace, ["get"], home === null ? null : [home]);
  const ofCluster: Right[] = [
    { ...may(KINDS.namespace, ["get"], [IDENTITY]), scope: "cluster" },
    { ...may(KINDS.definition, ["get"], [...DEFINITIONS, ...MONITORING_DEFINITIONS]), scope: "cluster" },
  ];
  switch (duty) {
    case "update":
      return [
        ...[...MADE, ...MONITORED].map((one) => may(one, MAKE)),
        may(KINDS.replicaSet, READ),
        may(KINDS.pod, READ),
        part(KINDS.pod, "log", ["get"]),
        may(KINDS.slice, LOOK),
        ownNamespace,
        ...ofCluster,
      ];
    case "kill":
      return [
        may(KINDS.config, ["get", "patch", "delete"], [STANDING_KILLS, FLAGD]),
        may(KINDS.config, ["create"]),
        may(KINDS.service, ["list"]),
        may(KINDS.slice, ["list"]),
        may(KINDS.slot, ["list", "patch"]),
        may(KINDS.middleware, ["list", "patch"]),
        may(KINDS.route, ["list", "delete"]),
        ...ofCluster.slice(0, 1),
      ];
    case "look":
      return [...[...MADE, ...MONITORED].map((one) => may(one, LOOK)), may(KINDS.pod, LOOK), may(KINDS.slice, LOOK), ownNamespace, ...ofCluster.slice(0, 1)];
    default:
      return duty satisfies never;
  }
}

function may({ apiVersion, kind, plural }: KnownKind, verbs: readonly Verb[], names: readonly string[] | null = null): Right {
  return { apiVersion, kind, plural, subresource: null, verbs, names, scope: "stage" };
}

function part(of: KnownKind, subresource: string, verbs: readonly Verb[]): Right {
  return { ...may(of, verbs), subresource };
}
