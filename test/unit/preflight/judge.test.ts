import { describe, expect, it } from "vitest";
import { rightsOf } from "../../../src/kubernetes/rights.ts";
import { clusterFaults, type Wanted } from "../../../src/preflight/judge.ts";
import type { Observation } from "../../../src/preflight/observe.ts";

const [OWN, OTHER] = ["11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"];
const wanted: Wanted = {
  cluster: "eu",
  context: "prod-eu",
  server: "https://eu.example",
  stage: "production",
  namespace: "voice",
  id: OWN,
  definitions: true,
  monitored: false,
  objects: [
    { kind: "IngressRoute", name: "voice-api" },
    { kind: "ConfigMap", name: "sluice-flagd" },
  ],
};
const good: Observation = {
  uid: OWN,
  namespace: "there",
  definitions: ["ingressroutes", "traefikservices", "middlewares"].map((plural) => ({ name: `${plural}.traefik.io`, served: true, hasMiddlewares: true })),
  missingRights: [],
  strangers: [],
  kills: [],
};

describe("the faults of a cluster", () => {
  it("are none where all is well, and where what is not asked for is not seen", () => {
    expect(clusterFaults(wanted, good)).toEqual([]);
    expect(clusterFaults({ ...wanted, id: null, definitions: false }, { ...good, uid: null, definitions: null, namespace: null })).toEqual([]);
  });

  it("are the one of another cluster alone, with both named", () => {
    expect(clusterFaults(wanted, { ...good, uid: OTHER, namespace: "missing" })).toEqual([
      {
        path: "kubernetes.clusters.eu.id",
        found: `is ${OWN}, but context prod-eu leads to the cluster ${OTHER} (https://eu.example): production is not deployed to a cluster that is not its own`,
        allowed: "the context of the cluster with this id",
        wayOut: `look where it leads: kubectl --context prod-eu cluster-info; if this is the right cluster: npx pulumi config set --stack production --path kubernetes.clusters.eu.id ${OTHER}`,
      },
    ]);
  });

  it("name the command that makes the namespace, and tell all at once", () => {
    const faults = clusterFaults(wanted, { ...good, namespace: "missing", definitions: [] });
    expect(faults.map(({ found, wayOut }) => [found, wayOut])).toEqual([
      ["voice is not in cluster eu", "kubectl --context prod-eu create namespace voice"],
      [
        "has no definition of ingressroutes.traefik.io, traefikservices.traefik.io, middlewares.traefik.io",
        "kubectl --context prod-eu apply --server-side -f https://raw.githubusercontent.com/traefik/traefik/v3.7.9/docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",
      ],
    ]);
  });

  it("name the Prometheus operator's definitions that are missing, where the stage has monitoring alone", () => {
    const served = ["prometheusrules", "servicemonitors"].map((plural) => ({ name: `${plural}.monitoring.coreos.com`, served: true, hasMiddlewares: true }));
    expect(clusterFaults({ ...wanted, monitored: true }, { ...good, definitions: [...(good.definitions ?? []), ...served] })).toEqual([]);
    expect(clusterFaults({ ...wanted, monitored: true }, good).map(({ path, found }) => [path, found])).toEqual([
      [
        "monitoring",
        "cluster eu has no definition of prometheusrules.monitoring.coreos.com, servicemonitors.monitoring.coreos.com, of which the stage's monitoring is made",
      ],
    ]);
  });

  it("see a namespace that is being deleted", () => {
    expect(clusterFaults(wanted, { ...good, namespace: "ending" })[0]?.found).toBe("voice of cluster eu is being deleted, and takes nothing new");
  });

  it("see definitions of an older Traefik", () => {
    const definitions = (good.definitions ?? []).map((one) => ({ ...one, hasMiddlewares: !one.name.startsWith("traefikservices") }));
    expect(clusterFaults(wanted, { ...good, definitions })[0]?.found).toBe("has traefikservices.traefik.io of a Traefik older than 3.7");
  });

  it("name every right that is missing, with the commands that grant them", () => {
    const rights = rightsOf("update", "voice");
    const [config, ...others] = rights;
    const cluster = others.find(({ scope }) => scope === "cluster");
    if (config === undefined || cluster === undefined) throw new Error("no rights");
    const missingRights = [
      { right: config, verb: "patch" as const, name: null },
      { right: config, verb: "delete" as const, name: null },
      { right: cluster, verb: "get" as const, name: "kube-system" },
    ];
    expect(clusterFaults(wanted, { ...good, missingRights })).toEqual([
      {
        path: "kubernetes.clusters.eu.context",
        found: "prod-eu may not patch, delete configmaps; get namespaces kube-system",
        allowed: "the rights of the role sluice-update in docs/kubernetes-rbac.yaml, in namespace voice",
        wayOut:
          "an administrator grants them to the user that `kubectl --context prod-eu auth whoami` names: kubectl --namespace voice apply -f docs/kubernetes-rbac.yaml && kubectl --namespace voice create rolebinding sluice-update-up --role sluice-update --user <user> && kubectl create clusterrolebinding sluice-update-up --clusterrole sluice-update --user <user>",
      },
    ]);
  });

  it("name objects that are another stage's or nobody's, and pass over those that are not in the way", () => {
    const strangers = [
      { kind: "IngressRoute", name: "voice-api", stage: null },
      { kind: "ConfigMap", name: "sluice-flagd", stage: "staging" },
      { kind: "ConfigMap", name: "kube-root-ca.crt", stage: null },
    ];
    expect(clusterFaults(wanted, { ...good, strangers }).map(({ found, wayOut }) => [found, wayOut])).toEqual([
      [
        "voice of cluster eu has IngressRoute voice-api already, which Sluice did not make",
        "take another namespace, or rename what is there; if Sluice did make it, and someone took its label away: kubectl --context prod-eu --namespace voice label ingressroute/voice-api sluice/stage=production",
      ],
      ["voice of cluster eu has ConfigMap sluice-flagd already, of stage staging", "give each stage a namespace of its own"],
    ]);
  });
});
