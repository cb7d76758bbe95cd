import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STANDING_KILLS } from "../../src/kubernetes/names.ts";
import { roleOf, ruleOf } from "../../src/kubernetes/rbac.ts";
import { rightsOf } from "../../src/kubernetes/rights.ts";
import type { Fault } from "../../src/model/fault.ts";
import type { KubernetesTarget } from "../../src/model/kubernetes-target.ts";
import { askClusters } from "../../src/preflight/ask-clusters.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { modelFrom } from "../support/model.ts";
import { until } from "../support/wait.ts";

const reason = await whyNoCluster();
const NAMESPACE = "voice-dev";
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const role = roleOf("update");

describe.skipIf(reason !== null)(`the look before an update${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.apply(namespace(NAMESPACE));
  });
  afterAll(() => cluster.close());

  function targetWith(more: Readonly<Record<string, unknown>> = {}, where = NAMESPACE): KubernetesTarget {
    const main = { context: cluster.name, kubeconfig: cluster.kubeconfig, ...more };
    const services = { "voice-api": { image: "a" }, "billing-api": { image: "a" } };
    const { target } = modelFrom({ target: "kubernetes", kubernetes: { namespace: where, clusters: { main }, services } }).settings;
    if (target.kind !== "kubernetes") throw new Error(`the target is ${target.kind}`);
    return target;
  }

  async function faults(more?: Readonly<Record<string, unknown>>, where?: string, monitored = false): Promise<readonly Fault[]> {
    return (await askClusters("dev", targetWith(more, where), "/", monitored)).faults([
      { kind: "ConfigMap", name: "mine" },
      { kind: "ConfigMap", name: "theirs" },
    ]);
  }

  it("finds nothing where all is well, within 300 ms", async () => {
    expect(await faults()).toEqual([]);
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const started = performance.now();
      await faults();
      times.push(performance.now() - started);
    }
    expect(Math.min(...times)).toBeLessThan(300);
  });

  it("names a context that is not there, and a cluster that does not answer or is another", async () => {
    const found = async (more: Readonly<Record<string, unknown>>): Promise<string[]> => (await faults(more)).map((fault) => `${fault.path}: ${fault.found}`);
    expect(await found({ context: "nope" })).toEqual([
      `kubernetes.clusters.main.context: There is no context nope in ${cluster.kubeconfig}; there is ${cluster.name}, ${cluster.name}-stranger`,
    ]);
    const [another] = await found({ id: "11111111-1111-1111-1111-111111111111" });
    expect(another).toMatch(
      new RegExp(
        `^kubernetes.clusters.main.id: is 1{8}-.*, but context ${cluster.name} leads to the cluster [0-9a-f-]{36} \\(${cluster.url}\\): dev is not deployed to a cluster that is not its own$`,
      ),
    );
  });

  it("names a namespace that is missing, and one that is being deleted", async () => {
    expect((await faults({}, "nowhere")).map(({ wayOut }) => wayOut)).toEqual([`kubectl --context ${cluster.name} create namespace nowhere`]);
    const held = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "held", namespace: "going", finalizers: ["example.com/held"] } };
    await cluster.apply(namespace("going"), held);
    await cluster.kubectl(["delete", "namespace", "going", "--wait=false"]);
    expect((await faults({}, "going")).map(({ found }) => found)).toEqual(["going of cluster main is being deleted, and takes nothing new"]);
  });

  it("names objects of others, finds the kills that stand, and says what cannot be read", async () => {
    const config = (name: string, labels: object, data: object = {}): object => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: NAMESPACE, labels },
      data,
    });
    const kill = { subject: "AGENT_ENABLED", flags: ["AGENT_ENABLED"], routes: [] };
    await cluster.apply(
      config("mine", {}),
      config("theirs", { "sluice/stage": "staging" }),
      config(STANDING_KILLS, { "sluice/stage": "dev" }, { "kills.json": JSON.stringify({ kills: [kill] }) }),
    );
    expect((await faults()).map(({ found }) => found)).toEqual([
      "voice-dev of cluster main has ConfigMap mine already, which Sluice did not make",
      "voice-dev of cluster main has ConfigMap theirs already, of stage staging",
    ]);
    expect((await askClusters("dev", targetWith(), "/", false)).standingKills).toEqual([kill]);
    await cluster.kubectl(["-n", NAMESPACE, "delete", "configmap", "mine", "theirs", STANDING_KILLS]);
  });

  it("names each rule without which the rights do not suffice, and finds nothing with all of them", async () => {
    const rights = rightsOf("update", NAMESPACE);
    const stranger = { context: `${cluster.name}-stranger`, id: await idOf(cluster) };
    const path = { stage: `${RBAC}/namespaces/${NAMESPACE}/roles`, cluster: `${RBAC}/clusterroles` };
    const rules = (scope: "stage" | "cluster", without: number): object[] =>
      rights.filter((right, index) => right.scope === scope && index !== without).map(ruleOf);
    for (const [scope, kind] of [
      ["stage", "role"],
      ["cluster", "clusterrole"],
    ] as const) {
      await cluster.api.post(path[scope], { metadata: { name: role }, rules: rules(scope, -1) });
      await cluster.kubectl(["-n", NAMESPACE, "create", `${kind}binding`, "stranger", `--${kind}`, role, "--user", "stranger"]);
    }
    // With monitoring, so that its rights are asked for; the definitions that it needs are not there.
    const ofRights = async (): Promise<readonly Fault[]> => (await faults(stranger, NAMESPACE, true)).filter(({ path: of }) => of !== "monitoring");
    await until("all rights are there", async () => (await ofRights()).length === 0);
    for (const [index, right] of rights.entries()) {
      await cluster.api.patch(`${path[right.scope]}/${role}`, { rules: rules(right.scope, index) });
      const subject = right.subresource === null ? right.plural : `${right.plural}/${right.subresource}`;
      const expected = `${stranger.context} may not ${right.verbs.join(", ")} ${subject}`;
      await until(`${expected} is told`, async () => (await ofRights()).some(({ found }) => found.startsWith(expected)));
      await cluster.api.patch(`${path[right.scope]}/${role}`, { rules: rules(right.scope, -1) });
      await until("all rights are there again", async () => (await ofRights()).length === 0);
    }
  });

  it("says which command installs the definitions where they are missing", async () => {
    await cluster.kubectl(["delete", "customresourcedefinition", "middlewares.traefik.io"]);
    expect((await faults()).map(({ found, wayOut }) => [found, wayOut])).toEqual([
      [
        "has no definition of middlewares.traefik.io",
        `kubectl --context ${cluster.name} apply --server-side -f https://raw.githubusercontent.com/traefik/traefik/v3.7.9/docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml`,
      ],
    ]);
  });

  it("says that the cluster cannot be reached once it is gone", async () => {
    await cluster.stopApiServer();
    const [fault, ...others] = await faults();
    expect(fault?.found).toMatch(new RegExp(`^The cluster ${cluster.name} \\(${cluster.url}\\) cannot be reached: .*(ECONNREFUSED|ECONNRESET)`));
    expect(fault?.wayOut).toBe(`see what is in the way: kubectl --context ${cluster.name} cluster-info`);
    expect(others).toEqual([]);
    await cluster.startApiServer();
  });
});

async function idOf(cluster: Cluster): Promise<string> {
  return (await cluster.kubectl(["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"])).stdout;
}
