import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { editStage, moveToCluster } from "../support/cluster/stage.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { freePort } from "../support/scratch-traefik.ts";
import { lost, startVisits, toVisit, type Visits } from "../support/visits.ts";
import { until } from "../support/wait.ts";

const reason = await whyNoCluster();
const STAGES = ["dev", "staging", "production"] as const;
type Stage = (typeof STAGES)[number];
const [NEWCOMER, ON, OFF] = ["", "sluice-1=x", "sluice-5=x"];
/** How long Traefik may take to ask anew after the API server was away, in milliseconds; its waits double up to half a minute, give or take as much. */
const ASKS_ANEW = 60_000;

/** Each stage has a namespace and an entry point of its own; all share one cluster and its Traefik. */
describe.skipIf(reason !== null)(`a flag's walk through three stages on a cluster${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  let test: TestProject;
  let visits: readonly Visits[] = [];
  const ports = new Map<Stage, number>();
  const urlOf = (stage: Stage): string => `http://127.0.0.1:${ports.get(stage) ?? 0}`;

  beforeAll(async () => {
    for (const stage of STAGES) ports.set(stage, await freePort());
    cluster = await startCluster({ traefik: [...ports].map(([stage, port]) => `--entryPoints.${stage}.address=127.0.0.1:${port}`) });
    await cluster.apply(...STAGES.map((stage) => namespace(namespaceOf(stage))));
    test = await makeProject();
    for (const stage of STAGES) {
      await test.pulumi(["stack", "init", stage]);
      await place(stage);
    }
  });
  afterAll(async () => {
    await cluster.close();
    await test.remove();
  });

  function place(stage: Stage, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const main = { context: cluster.name, kubeconfig: cluster.kubeconfig, url: urlOf(stage), api: cluster.traefik?.admin };
    return moveToCluster(test.root, stage, cluster, namespaceOf(stage), { entryPoints: [stage], clusters: { main }, ...more });
  }
  async function pulumi(stage: Stage, ...args: readonly string[]): Promise<string> {
    const { code, output } = await test.pulumi([...args, "--stack", stage]);
    expect(code, output).toBe(0);
    return output;
  }
  const up = (stage: Stage, ...more: readonly string[]): Promise<string> => pulumi(stage, "up", "--yes", "--skip-preview", ...more);
  const set = (stage: Stage, value: string): Promise<string> => pulumi(stage, "config", "set", "--path", "flags.AGENT_ENABLED", value);
  async function sluice(...args: readonly string[]): Promise<string> {
    const { code, output } = await test.sluice(args);
    expect(code, output).toBe(0);
    return output;
  }
  /** In production's namespace. */
  async function kubectl(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await cluster.kubectl(["-n", namespaceOf("production"), ...args]);
    expect(code, stderr).toBe(0);
    return stdout;
  }
  const isOn = async (stage: Stage, path: string, cookie: string): Promise<boolean> =>
    toVisit(0, await ask(urlOf(stage), { path, headers: { cookie } })).on.includes("AGENT_ENABLED");
  const statusOf = async (stage: Stage, path: string): Promise<number> => (await ask(urlOf(stage), { path })).status;
  const seenUpToNow = (): number => visits.reduce((sum, { seen }) => sum + seen.length, 0);

  it("begins with the flag off everywhere", async () => {
    await Promise.all(STAGES.map((stage) => up(stage)));
    for (const stage of STAGES) {
      await until(`${stage} is served`, async () => (await statusOf(stage, "/voice")) === 200 && (await statusOf(stage, "/billing")) === 200);
      expect([await isOn(stage, "/voice", ON), await isOn(stage, "/billing", ON), await statusOf(stage, "/agent")]).toEqual([false, false, 404]);
    }
    visits = [
      startVisits(urlOf("dev"), [["/voice", NEWCOMER]]),
      startVisits(urlOf("staging"), [["/billing", ON]]),
      startVisits(urlOf("production"), [
        ["/voice", NEWCOMER],
        ["/voice", OFF],
        ["/voice?delay=700", ON],
        ["/billing", ON],
      ]),
    ];
  });

  it("goes to dev, to staging, and to a quarter of production, and skips none", async () => {
    await set("production", "25");
    const early = await test.pulumi(["preview", "--stack", "production"]);
    expect(early.code).not.toBe(0);
    expect(early.output).toContain("The gates refuse this");
    await set("dev", "true");
    await up("dev");
    await set("staging", "true");
    await up("staging");
    await up("production");
    await until("production routes by it", () => isOn("production", "/agent", ON));
    expect(await Promise.all(STAGES.map((stage) => isOn(stage, "/voice", OFF)))).toEqual([true, true, false]);
    expect(await Promise.all(STAGES.map((stage) => isOn(stage, "/billing", ON)))).toEqual([true, true, true]);
  });

  it("is split among newcomers as planned, each of whom stays where they are", async () => {
    const output = await sluice("verify", "--stage", "production");
    expect(output).toContain("production: traffic does what update 2 says, in all 13 checks");
    for (const service of ["billing-api", "voice-api"]) {
      expect(output).toMatch(new RegExp(`pass {7}split of ${service}: bucket 1 1%, .*: of 400 newcomers bucket 1 `));
      expect(output).toMatch(new RegExp(`pass {7}visitors of ${service}: each sees the variant of the bucket, at first, on return and on every other service`));
    }
  });

  it("is taken back with proof", async () => {
    const output = await sluice("rollback", "--stage", "production");
    expect(output).toMatch(/proven: the inputs of all \d+ resources are those of that update/);
    expect(output).toMatch(/proven: Traefik has the routers of that update, and \d+ requests were answered as then/);
    expect([await isOn("production", "/voice", ON), await statusOf("production", "/agent")]).toEqual([false, 404]);
  });

  it("shows what a person has edited, and what a person has deleted, and an update repairs both", async () => {
    await set("production", "25");
    await up("production");
    await until("production routes by it", () => isOn("production", "/agent", ON));
    const everyoneToFive = { spec: { weighted: { services: [{ kind: "TraefikService", name: "voice-api.bucket-5", weight: 1 }] } } };
    await kubectl("patch", "traefikservice/voice-api.newcomers", "--type", "merge", "--field-manager", "kubectl-edit", "-p", JSON.stringify(everyoneToFive));
    await kubectl("delete", "ingressroute/voice-api.agent-enabled.agent");
    await until("Traefik has both", async () => (await statusOf("production", "/agent")) === 404);

    const { code, output: found } = await test.sluice(["verify", "--stage", "production"]);
    expect(code).not.toBe(0);
    for (const part of ["TraefikService voice-api.newcomers", "IngressRoute voice-api.agent-enabled.agent"]) {
      expect(found).toContain(part);
      expect((await test.sluice(["status"])).output).toContain(part);
    }
    expect(found).toContain("fail       split of voice-api");
    const preview = await pulumi("production", "preview", "--refresh");
    expect(preview).toMatch(/~ +kubernetes:traefik\.io\/v1alpha1:TraefikService +main\/voice-api\.newcomers +update +\[diff: ~spec\]/);
    expect(preview).toMatch(/\+ +kubernetes:traefik\.io\/v1alpha1:IngressRoute +main\/voice-api\.agent-enabled\.agent +create/);
    expect(preview).toMatch(/~ +sluice-local:index:RoutingTaken +main\/taken +update +\[diff: ~versions\]/);
    expect(preview).toContain("3 changes");

    await up("production", "--refresh");
    await until("production routes as planned again", () => isOn("production", "/agent", ON));
    await sluice("verify", "--stage", "production");
  });

  it("survives the API server's death in the middle of an update", async () => {
    const before = (await kubectl("get", "deployments", "-o", "name")).split("\n");
    const service = { image: "registry.example/slow-start:1", replicas: 1, drain: "1s" };
    await place("production", { readyWithin: "5s", services: { "voice-api": service, "billing-api": service } });
    await editStage(test.root, "production", { "sluice:flags": { AGENT_ENABLED: 50 } });
    const update = test.pulumi(["up", "--yes", "--skip-preview", "--stack", "production"]);
    await until("all new pods are asked for", async () => (await kubectl("get", "deployments", "-o", "name")).split("\n").length === 2 * before.length);
    await cluster.stopApiServer();
    const cut = await update;
    expect(cut.code).not.toBe(0);
    expect(cut.output).toMatch(/The cluster main stopped answering while \S+ was waited for, and did not come back within 5s: /);
    const count = seenUpToNow();
    await until("visitors go on being served", () => seenUpToNow() > count + 50);
    expect(lost(visits.flatMap(({ seen }) => seen))).toEqual([]);

    await cluster.startApiServer();
    await up("production");
    await until(
      "production routes by it",
      async () => (await isOn("production", "/agent", "sluice-4=x")) && !(await isOn("production", "/agent", OFF)),
      ASKS_ANEW,
    );
    await sluice("verify", "--stage", "production");
    const after = (await kubectl("get", "deployments", "-o", "name")).split("\n");
    expect(after.length).toBe(before.length);
    expect(after.filter((name) => before.includes(name))).toEqual([]);
    await pulumi("production", "preview", "--expect-no-changes");
  });

  it("is killed", async () => {
    expect(await sluice("kill", "AGENT_ENABLED", "--stage", "production", "--reason", "errors since 02:10")).toMatch(/\d+ ms/);
    expect([await isOn("production", "/voice", ON), await isOn("production", "/billing", ON), await statusOf("production", "/agent")]).toEqual([
      false,
      false,
      404,
    ]);
    expect(await isOn("staging", "/voice", OFF)).toBe(true);
  });

  it("has lost no request on the way", async () => {
    const all = (await Promise.all(visits.map((one) => one.stop()))).flat();
    expect(lost(all)).toEqual([]);
    expect(all.length).toBeGreaterThan(1_000);
  });
});

function namespaceOf(stage: Stage): string {
  return `voice-${stage}`;
}
