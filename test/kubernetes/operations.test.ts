import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { countsBetween } from "../../src/analysis/counters.ts";
import { TESTER_COOKIE } from "../../src/model/headers.ts";
import { ask } from "../../src/net/ask.ts";
import type { RolloutPlan } from "../../src/plan/rollout-plan.ts";
import { servicesOfVariants } from "../../src/traffic/metrics/services-of-variant.ts";
import { sidesOf } from "../../src/traffic/metrics/sides.ts";
import { traefikSource } from "../../src/traffic/metrics/traefik-source.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { type PlacedStage, placeStage, TESTER_SECRET } from "../support/cluster/placed-stage.ts";
import { freePort } from "../support/scratch-traefik.ts";
import { lost, startVisits, toVisit, type Visit } from "../support/visits.ts";
import { until } from "../support/wait.ts";

const routeSchema = z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()) }), spec: z.object({ routes: z.array(z.looseObject({})) }) });
const reason = await whyNoCluster();
const KILL = { subject: "AGENT_ENABLED", flags: ["AGENT_ENABLED"], routes: [] };
const PARTLY = { AGENT_ENABLED: { exposure: 25, testers: true } };
const [NEWCOMER, ON, OFF, TESTER] = ["", "sluice-1=x", "sluice-5=x", `${TESTER_COOKIE}=${TESTER_SECRET}`];

describe.skipIf(reason !== null)(`operations on a cluster${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  let stage: PlacedStage;
  let plan: RolloutPlan;
  let url = "";

  const visit = async (path: string, cookie: string): Promise<Visit> => toVisit(0, await ask(url, { path, headers: cookie === "" ? {} : { cookie } }));
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await cluster.kubectl(["-n", stage.namespace, ...args]);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const edit = (object: string, patch: object): Promise<string> =>
    kubectl("patch", object, "--type", "merge", "--field-manager", "kubectl-edit", "-p", JSON.stringify(patch));
  const deploy = async (): Promise<void> => {
    plan = await stage.deploy(PARTLY);
    await until("visitors see the flag by their bucket", async () => {
      const [on, off, header, gated, tester] = await Promise.all([
        visit("/voice", ON),
        visit("/voice", OFF),
        visit("/billing", ON),
        visit("/agent", ON),
        visit("/voice", TESTER),
      ]);
      return [on, header, gated, tester].every((one) => one.on.includes("AGENT_ENABLED")) && off.status === 200 && off.on.length === 0;
    });
  };

  beforeAll(async () => {
    cluster = await startCluster();
    url = cluster.traefik?.url ?? "";
    stage = await placeStage(cluster, `http://127.0.0.1:${await freePort()}`);
  });
  beforeEach(async () => {
    await stage.site.standingKills.edit(() => []);
    await deploy();
  });
  afterAll(async () => {
    await cluster.close();
    await stage.remove();
  });

  describe("a kill", () => {
    it("takes everyone off the flag under load, loses no request, and stands", async () => {
      const paths = ["/voice", "/billing"];
      const visits = startVisits(
        url,
        paths.flatMap((path) => [NEWCOMER, ON, OFF, TESTER].map((cookie) => [path, cookie] as const)),
      );
      await until("visitors see the flag", () => visits.seen.filter(({ on }) => on.length > 0).length > 50);
      const started = performance.now();
      const off = await stage.site.takeTrafficOff(KILL, started);
      expect(off).toEqual({ after: expect.any(Number), stranded: [], untaken: null, flagd: null });
      const routed = started + (off.after ?? 0);
      const count = visits.seen.length;
      await until("visitors have come since", () => visits.seen.length > count + 100);
      const all = await visits.stop();
      expect(lost(all)).toEqual([]);
      expect(all.filter(({ sent, on }) => sent > routed && on.length > 0)).toEqual([]);
      expect((await visit("/agent", ON)).status).toBe(404);
      expect(await stage.site.standingKills.read()).toEqual([KILL]);
      expect(await kubectl("get", "configmap", "sluice-flagd", "-o", "jsonpath={.data}")).toContain(
        '\\"defaultVariant\\": \\"off\\",\\n      \\"targeting\\": {}',
      );
      await stage.site.standingKills.edit(() => []);
      expect(await stage.site.standingKills.read()).toEqual([]);
      expect((await cluster.kubectl(["-n", stage.namespace, "get", "configmap", "sluice-kills"])).stderr).toContain("NotFound");
    });

    it("of a route takes the route away, and leaves the flag", async () => {
      const off = await stage.site.takeTrafficOff({ subject: "AGENT_ENABLED/agent", flags: [], routes: ["AGENT_ENABLED/agent"] }, performance.now());
      expect(off).toEqual({ after: expect.any(Number), stranded: [], untaken: null, flagd: null });
      expect([(await visit("/agent", ON)).status, (await visit("/agent", TESTER)).status]).toEqual([404, 404]);
      expect((await visit("/voice", ON)).on).toEqual(["AGENT_ENABLED"]);
    });

    it("twice finds nothing to do the second time", async () => {
      await stage.site.takeTrafficOff(KILL, performance.now());
      const versions = await kubectl("get", "traefikservices,middlewares", "-o", "jsonpath={.items[*].metadata.resourceVersion}");
      expect(await stage.site.takeTrafficOff(KILL, performance.now())).toMatchObject({ stranded: [], untaken: null });
      expect(await kubectl("get", "traefikservices,middlewares", "-o", "jsonpath={.items[*].metadata.resourceVersion}")).toBe(versions);
    });

    it("tells which variants nobody can take over from", async () => {
      const base = (await kubectl("get", "services", "-o", "name")).split("\n").find((name) => name.includes("voice-api--base")) ?? "";
      const workload = await kubectl("get", base, "-o", "jsonpath={.spec.selector.sluice/workload}".replace("sluice/workload", "sluice\\/workload"));
      await kubectl("scale", `deployment/${workload}`, "--replicas=0");
      await until("no pod of it is ready", async () => (await visit("/voice", OFF)).status !== 200);
      const { stranded } = await stage.site.takeTrafficOff(KILL, performance.now());
      expect(stranded).toEqual([expect.stringMatching(/^voice-api--agent-enabled-/)]);
      expect((await visit("/voice", ON)).status).toBe(200);
      expect((await visit("/billing", ON)).on).toEqual([]);
      await kubectl("scale", `deployment/${workload}`, "--replicas=1");
    });

    it("stands against an update that began before it", async () => {
      await stage.site.takeTrafficOff(KILL, performance.now());
      let underWay = true;
      const kept = stage.site.keepOff(KILL, async () => underWay);
      await stage.deploy(PARTLY);
      underWay = false;
      await kept;
      await until("everyone is off it", async () => {
        const [gated, ...others] = await Promise.all([visit("/agent", ON), visit("/voice", ON), visit("/billing", ON)]);
        return gated.status === 404 && others.every(({ status, on }) => status === 200 && on.length === 0);
      });
    });

    it("takes effect in the clusters that answer, and tells where it is still on", async () => {
      const site = await stage.siteWithLostCluster();
      const off = await site.takeTrafficOff(KILL, performance.now());
      expect(off.after).toBeNull();
      expect(off.untaken).toMatch(/^it is still on in lost: The cluster lost \(http:\/\/127\.0\.0\.1:\d+\) cannot be reached: .*ECONNREFUSED.*\.$/);
      expect((await visit("/voice", ON)).on).toEqual([]);
      await expect(site.standingKills.read()).rejects.toThrow("lost: The cluster lost");
    });

    it("fails in bounded time while the API server is away, and changes nothing", async () => {
      await cluster.stopApiServer();
      try {
        const started = performance.now();
        await expect(stage.site.takeTrafficOff(KILL, started)).rejects.toThrow(
          /^main: The cluster test \(https:\/\/127\.0\.0\.1:\d+\) cannot be reached: .*\.$/,
        );
        expect(performance.now() - started).toBeLessThan(6_000);
        expect((await visit("/voice", ON)).on).toEqual(["AGENT_ENABLED"]);
      } finally {
        await cluster.startApiServer();
      }
      expect(await stage.site.standingKills.read()).toEqual([]);
    });
  });

  describe("a look at the stage", () => {
    it("finds no drift in what was just deployed", async () => {
      expect(await stage.site.findDrift(stage.checkpoint(plan))).toEqual([]);
    });

    it("finds what people have edited, and what they have deleted", async () => {
      await edit("traefikservice/voice-api.newcomers", { spec: { weighted: { sticky: { cookie: { name: "mine" } } } } });
      await edit("configmap/sluice-flagd", { data: { "flags.json": "{}" } });
      await kubectl("label", "middleware/sluice-clean", "app.kubernetes.io/managed-by-", "--overwrite");
      await kubectl("delete", "ingressroute/billing-api");
      const drift = await stage.site.findDrift(stage.checkpoint(plan));
      expect(drift.map(({ path, state }) => `${path} ${state}`).sort()).toEqual([
        "main: ConfigMap sluice-flagd (data.flags.json) differs",
        "main: IngressRoute billing-api missing",
        "main: Middleware sluice-clean (metadata.labels.app.kubernetes.io/managed-by) differs",
        "main: TraefikService voice-api.newcomers (spec.weighted.sticky) differs",
      ]);
    });

    it("gives Traefik's routers the names of Sluice, and finds none missing", async () => {
      const [edge] = stage.site.edges;
      const seen = edge === undefined ? null : await stage.site.lookAtRouters(edge);
      expect(seen?.routers.map((router) => router.split(" ").slice(0, 2).join(" ")).filter((router) => router.startsWith("voice-api"))).toEqual([
        "voice-api voice-api.newcomers",
        "voice-api.agent-enabled.agent voice-api.newcomers",
        "voice-api.agent-enabled.agent.bucket-1 voice-api.bucket-1",
        "voice-api.agent-enabled.agent.bucket-2 voice-api.bucket-2",
        "voice-api.agent-enabled.agent.bucket-3 voice-api.bucket-3",
        "voice-api.agent-enabled.agent.bucket-4 voice-api.bucket-4",
        "voice-api.agent-enabled.agent.bucket-5 voice-api.bucket-5",
        "voice-api.agent-enabled.agent.tester voice-api.testers",
        "voice-api.bucket-1 voice-api.bucket-1",
        "voice-api.bucket-2 voice-api.bucket-2",
        "voice-api.bucket-3 voice-api.bucket-3",
        "voice-api.bucket-4 voice-api.bucket-4",
        "voice-api.bucket-5 voice-api.bucket-5",
        "voice-api.tester voice-api.testers",
      ]);
      expect(seen?.compare(stage.checkpoint(plan))).toEqual({ missing: [], tooMany: [] });
    });

    it("finds the routers of an IngressRoute that was deleted, and of one that nobody asked for", async () => {
      await kubectl("delete", "ingressroute/voice-api.agent-enabled.agent");
      const stray = routeSchema.parse(JSON.parse(await kubectl("get", "ingressroute/billing-api", "-o", "json")));
      const route = { ...stray.spec.routes[0], match: "PathPrefix(`/stray`)" };
      await cluster.apply({
        apiVersion: "traefik.io/v1alpha1",
        kind: "IngressRoute",
        metadata: { name: "stray", namespace: stage.namespace, labels: stray.metadata.labels },
        spec: { routes: [route] },
      });
      const [edge] = stage.site.edges;
      await until("Traefik has both changes", async () => (await visit("/stray", OFF)).status === 200 && (await visit("/agent", ON)).status === 404);
      const seen = edge === undefined ? null : await stage.site.lookAtRouters(edge);
      const { missing, tooMany } = seen?.compare(stage.checkpoint(plan)) ?? { missing: [], tooMany: [] };
      expect(missing.map((router) => router.split(" ")[0])).toEqual([
        "voice-api.agent-enabled.agent",
        ...[1, 2, 3, 4, 5].map((bucket) => `voice-api.agent-enabled.agent.bucket-${bucket}`),
      ]);
      expect(tooMany).toEqual(["stray billing-api.newcomers PathPrefix(`/stray`)"]);
      await kubectl("delete", "ingressroute/stray");
    });
  });

  it("reads the metrics of the variants from Traefik", async () => {
    const sides = sidesOf(plan, "AGENT_ENABLED", servicesOfVariants(plan, stage.target));
    const source = traefikSource(cluster.traefik?.admin ?? "", 1_000);
    const read = async () => {
      const { errors } = await source.read({ errors: { kind: "error-ratio", limit: null, compare: true } }, sides);
      if (errors?.kind !== "counts") throw new Error(JSON.stringify(errors));
      return [errors.withFlag, errors.without ?? {}] as const;
    };
    const before = await read();
    for (const [path, cookie] of [
      ["/voice", ON],
      ["/voice", OFF],
      ["/billing", ON],
      ["/billing", OFF],
      ["/agent", OFF],
    ] as const) {
      for (let sent = 0; sent < 3; sent += 1) await visit(path, cookie);
    }
    const after = await read();
    expect(after.map((counters, side) => countsBetween(before[side] ?? {}, counters, false).total)).toEqual([6, 9]);
  });
});
