import { qualified } from "../kubernetes/kinds.ts";
import { STAGE_LABEL } from "../kubernetes/labels.ts";
import type { ObjectName } from "../kubernetes/objects.ts";
import { roleOf } from "../kubernetes/rbac.ts";
import { DEFINITIONS, MONITORING_DEFINITIONS, type Right } from "../kubernetes/rights.ts";
import type { Fault } from "../model/fault.ts";
import type { MissingRight, Observation } from "./observe.ts";

/** The definitions of Traefik's resources that go with the Traefik that Sluice is tested with. */
export const DEFINITIONS_FILE =
  "https://raw.githubusercontent.com/traefik/traefik/v3.7.9/docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml";
const RBAC_FILE = "docs/kubernetes-rbac.yaml";

/** What a stage wants of a cluster. */
export interface Wanted {
  /** The cluster's name in the config. */
  readonly cluster: string;
  readonly context: string;
  readonly server: string;
  readonly stage: string;
  readonly namespace: string;
  /** UID of kube-system; null for any cluster. */
  readonly id: string | null;
  /** Whether Traefik's definitions must be there already. */
  readonly definitions: boolean;
  /** Whether the stage has monitoring, whose objects need definitions of the Prometheus operator. */
  readonly monitored: boolean;
  /** Everything that the plan makes there. */
  readonly objects: readonly ObjectName[];
}

/** Why a stage cannot be deployed to a cluster that answers; empty when it can. */
export function clusterFaults(wanted: Wanted, found: Observation): Fault[] {
  const another = identityFault(wanted, found.uid);
  // Of another cluster nothing else is of interest.
  if (another !== null) return [another];
  return [
    ...namespaceFaults(wanted, found.namespace),
    ...definitionFaults(wanted, found.definitions),
    ...monitoringFaults(wanted, found.definitions),
    ...rightsFaults(wanted, found),
    ...strangerFaults(wanted, found),
  ];
}

function at({ cluster }: Wanted, key = ""): string {
  return `kubernetes.clusters.${cluster}${key}`;
}

function identityFault(wanted: Wanted, uid: string | null): Fault | null {
  const { id, context, server, stage } = wanted;
  if (id === null || uid === null || uid === id) return null;
  return {
    path: at(wanted, ".id"),
    found: `is ${id}, but context ${context} leads to the cluster ${uid} (${server}): ${stage} is not deployed to a cluster that is not its own`,
    allowed: "the context of the cluster with this id",
    wayOut: `look where it leads: kubectl --context ${context} cluster-info; if this is the right cluster: npx pulumi config set --stack ${stage} --path ${at(wanted, ".id")} ${uid}`,
  };
}

function namespaceFaults(wanted: Wanted, state: Observation["namespace"]): Fault[] {
  const { namespace, context, cluster } = wanted;
  if (state === "missing") {
    return [
      {
        path: "kubernetes.namespace",
        found: `${namespace} is not in cluster ${cluster}`,
        allowed: "a namespace that is there",
        wayOut: `kubectl --context ${context} create namespace ${namespace}`,
      },
    ];
  }
  if (state === "ending") {
    return [
      {
        path: "kubernetes.namespace",
        found: `${namespace} of cluster ${cluster} is being deleted, and takes nothing new`,
        allowed: "a namespace that stays",
        wayOut: `wait until it is gone, then make it anew: kubectl --context ${context} wait --for=delete namespace/${namespace} && kubectl --context ${context} create namespace ${namespace}`,
      },
    ];
  }
  return [];
}

function definitionFaults(wanted: Wanted, found: Observation["definitions"]): Fault[] {
  if (!wanted.definitions || found === null) return [];
  const missing = DEFINITIONS.filter((name) => !found.some((one) => one.name === name));
  const old = found
    .filter(({ name }) => DEFINITIONS.includes(name))
    .filter(({ served, hasMiddlewares }) => !served || !hasMiddlewares)
    .map(({ name }) => name);
  if (missing.length === 0 && old.length === 0) return [];
  const parts = [
    ...(missing.length === 0 ? [] : [`has no definition of ${missing.join(", ")}`]),
    ...(old.length === 0 ? [] : [`has ${old.join(", ")} of a Traefik older than 3.7`]),
  ];
  return [
    {
      path: at(wanted),
      found: parts.join(", and "),
      allowed: "the resource definitions of Traefik 3.7",
      wayOut: `kubectl --context ${wanted.context} apply --server-side -f ${DEFINITIONS_FILE}`,
    },
  ];
}

function monitoringFaults(wanted: Wanted, found: Observation["definitions"]): Fault[] {
  const missing = !wanted.monitored || found === null ? [] : MONITORING_DEFINITIONS.filter((name) => !found.some((one) => one.name === name && one.served));
  if (missing.length === 0) return [];
  return [
    {
      path: "monitoring",
      found: `cluster ${wanted.cluster} has no definition of ${missing.join(", ")}, of which the stage's monitoring is made`,
      allowed: "a cluster with the Prometheus operator, or a stage without monitoring",
      wayOut: `install the operator, such as by the chart kube-prometheus-stack; or: npx pulumi config rm --stack ${wanted.stage} monitoring`,
    },
  ];
}

function rightsFaults(wanted: Wanted, { missingRights }: Observation): Fault[] {
  if (missingRights.length === 0) return [];
  const { context, namespace } = wanted;
  const role = roleOf("update");
  const inCluster = missingRights.some(({ right }) => right.scope === "cluster");
  const commands = [
    `kubectl --namespace ${namespace} apply -f ${RBAC_FILE}`,
    `kubectl --namespace ${namespace} create rolebinding ${role}-up --role ${role} --user <user>`,
    ...(inCluster ? [`kubectl create clusterrolebinding ${role}-up --clusterrole ${role} --user <user>`] : []),
  ];
  return [
    {
      path: at(wanted, ".context"),
      found: `${context} may not ${describeRights(missingRights)}`,
      allowed: `the rights of the role ${role} in ${RBAC_FILE}, in namespace ${namespace}`,
      wayOut: `an administrator grants them to the user that \`kubectl --context ${context} auth whoami\` names: ${commands.join(" && ")}`,
    },
  ];
}

/** Missing rights in one line: verbs together by resource, resources together by verbs. */
function describeRights(missing: readonly MissingRight[]): string {
  const verbsOf = Map.groupBy(missing, ({ right, name }) => `${resourceOf(right)}${name === null ? "" : ` ${name}`}`);
  const byVerbs = Map.groupBy([...verbsOf], ([, rights]) => [...new Set(rights.map(({ verb }) => verb))].join(", "));
  return [...byVerbs].map(([verbs, resources]) => `${verbs} ${resources.map(([resource]) => resource).join(", ")}`).join("; ");
}

function resourceOf({ apiVersion, plural, subresource }: Right): string {
  return qualified({ apiVersion, plural: subresource === null ? plural : `${plural}/${subresource}` });
}

/** What gives Sluice's own objects back the label by which it knows them. */
function relabelling({ context, namespace, stage }: Wanted, objects: readonly ObjectName[]): string {
  const names = objects.map(({ kind, name }) => `${kind.toLowerCase()}/${name}`);
  return `if Sluice did make it, and someone took its label away: kubectl --context ${context} --namespace ${namespace} label ${names.join(" ")} ${STAGE_LABEL}=${stage}`;
}

function strangerFaults(wanted: Wanted, { strangers }: Observation): Fault[] {
  const own = new Set(wanted.objects.map(({ kind, name }) => `${kind} ${name}`));
  const taken = strangers.filter(({ kind, name }) => own.has(`${kind} ${name}`));
  return [...Map.groupBy(taken, ({ stage }) => stage)].map(([stage, objects]) => ({
    path: "kubernetes.namespace",
    found: `${wanted.namespace} of cluster ${wanted.cluster} has ${objects.map(({ kind, name }) => `${kind} ${name}`).join(", ")} already, ${
      stage === null ? "which Sluice did not make" : `of stage ${stage}`
    }`,
    allowed: "a namespace where these names are free",
    wayOut: stage === null ? `take another namespace, or rename what is there; ${relabelling(wanted, objects)}` : "give each stage a namespace of its own",
  }));
}
