import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask } from "../../src/net/ask.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { deployment, ingressRoute, namespace, service } from "../support/cluster/objects.ts";
import { until } from "../support/wait.ts";

const reason = await whyNoCluster();
const conditions = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string(), message: z.string() })).default([]) }),
});

describe.skipIf(reason !== null)(`the test cluster${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.close());

  const visit = async (path: string): Promise<{ status: number; body: string }> => ask(cluster.traefik?.url ?? "", { path });
  const conditionsOf = async (path: string): Promise<string[]> => {
    const { status } = await cluster.api.get(path, conditions);
    return status.conditions.map((condition) => `${condition.type}=${condition.status} ${condition.reason}: ${condition.message}`);
  };

  describe("with a Deployment, a Service and an IngressRoute", () => {
    beforeAll(async () => {
      const config = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "flags", namespace: "shop" },
        data: { SLUICE_SERVICE: "shop", NEW_ENABLED: "true" },
      };
      await cluster.apply(namespace("shop"));
      await cluster.apply(
        config,
        deployment("shop", { namespace: "shop", replicas: 2, configMap: "flags" }),
        service("shop", { namespace: "shop", ports: { http: 80, other: 8081 } }),
        ingressRoute("shop", { namespace: "shop", match: "PathPrefix(`/shop`)", service: "shop", port: "other" }),
      );
      await until("the route is served", async () => (await visit("/shop")).status === 200);
    });

    it("leads visitors through Traefik to a process with the environment of the ConfigMap", async () => {
      expect(JSON.parse((await visit("/shop")).body)).toMatchObject({ service: "shop", flags: { NEW_ENABLED: "true" }, path: "/shop" });
      const [only, ...others] = cluster.processes();
      expect(others).toEqual([]);
      expect(only?.pods).toHaveLength(2);
    });

    it("listens on every port of the Service", async () => {
      const { stdout } = await cluster.kubectl(["-n", "shop", "get", "service", "shop", "-o", "jsonpath={.spec.clusterIP}"]);
      expect(await Promise.all([80, 8081].map(async (port) => (await ask(`http://${stdout}:${port}`, { path: "/" })).status))).toEqual([200, 200]);
    });

    it("keeps serving while the API server is away, and goes on after its return", async () => {
      await cluster.stopApiServer();
      expect((await visit("/shop")).status).toBe(200);
      expect((await cluster.kubectl(["get", "namespaces"])).code).not.toBe(0);
      await cluster.startApiServer();
      expect(await cluster.kubectl(["-n", "shop", "scale", "deployment/shop", "--replicas=3"])).toMatchObject({ code: 0 });
      const { stdout } = await cluster.kubectl(["-n", "shop", "rollout", "status", "deployment/shop", "--timeout=15s"]);
      expect(stdout).toContain("successfully rolled out");
    });

    it("loses no request while a workload is replaced", async () => {
      const statuses: number[] = [];
      const before = cluster.processes().map(({ pid }) => pid);
      const rolled = new AbortController();
      const load = (async () => {
        while (!rolled.signal.aborted) statuses.push((await visit("/shop")).status);
      })();
      await cluster.kubectl(["-n", "shop", "set", "env", "deployment/shop", "ROUND=2"]);
      await until("only the new process is left", () => {
        const [only, ...others] = cluster.processes();
        return only !== undefined && others.length === 0 && !before.includes(only.pid) && only.pods.length === 3;
      });
      rolled.abort();
      await load;
      expect(statuses.filter((status) => status !== 200)).toEqual([]);
      expect(statuses.length).toBeGreaterThan(50);
    });

    it("ends a namespace with all that is in it", async () => {
      expect(await cluster.kubectl(["delete", "namespace", "shop", "--timeout=40s"])).toMatchObject({ code: 0 });
      expect(cluster.processes()).toEqual([]);
      await until("the route is gone", async () => (await visit("/shop")).status === 404);
    });
  });

  it("refuses a field that Traefik's resources do not have", async () => {
    const route = ingressRoute("wrong", { namespace: "default", match: "PathPrefix(`/wrong`)", service: "shop", port: 80 });
    await expect(cluster.apply({ ...route, spec: { ...route.spec, weigth: 5 } })).rejects.toThrow('unknown field "spec.weigth"');
  });

  it("says in the Deployment that a quota is exceeded", async () => {
    await cluster.apply(namespace("small"));
    await cluster.apply({ apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "pods", namespace: "small" }, spec: { hard: { pods: "1" } } });
    await until(
      "the quota counts",
      async () => (await cluster.kubectl(["-n", "small", "get", "quota", "pods", "-o", "jsonpath={.status.used.pods}"])).stdout === "0",
    );
    await cluster.apply(deployment("wide", { namespace: "small", replicas: 2 }));
    await until("the Deployment says so", async () =>
      (await conditionsOf("/apis/apps/v1/namespaces/small/deployments/wide")).some(
        (text) => text.startsWith("ReplicaFailure=True FailedCreate") && text.includes("exceeded quota: pods"),
      ),
    );
  });

  it.each([
    ["unpullable", "ImagePullBackOff"],
    ["never-ready", ""],
  ])("plays an image that is %s", async (image, waiting) => {
    await cluster.apply(deployment(image, { namespace: "default", image: `registry.example/${image}:1` }));
    const read = async (path: string): Promise<string> =>
      (await cluster.kubectl(["get", "pods", "-l", `app=${image}`, "-o", `jsonpath={.items[0].status.${path}}`])).stdout;
    await until(
      "the pod is in its state",
      async () => (await read("containerStatuses[0].ready")) === "false" && (await read("containerStatuses[0].state.waiting.reason")) === waiting,
    );
    expect((await conditionsOf(`/apis/apps/v1/namespaces/default/deployments/${image}`)).join()).toContain("Available=False");
  });

  it("leads no visitor to a pod with a slow start before it is ready", async () => {
    await cluster.apply(
      deployment("slow", { namespace: "default", image: "registry.example/slow-start:1" }),
      service("slow", { namespace: "default", ports: { http: 80 } }),
    );
    await cluster.apply(ingressRoute("slow", { namespace: "default", match: "PathPrefix(`/slow`)", service: "slow", port: 80 }));
    await until("its process runs", () => cluster.processes().some(({ pods }) => pods.some((pod) => pod.startsWith("slow-"))));
    await until("its route is there", async () => (await visit("/slow")).status !== 404);
    expect((await visit("/slow")).status).toBe(502);
    await until("it is served", async () => (await visit("/slow")).status === 200);
  });

  it("gives a user without rights nothing", async () => {
    expect((await cluster.kubectl(["--context", `${cluster.name}-stranger`, "get", "pods"])).stderr).toContain('User "stranger" cannot list resource "pods"');
  });
});
