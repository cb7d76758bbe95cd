import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCluster } from "../../src/cluster/client.ts";
import { takeOffInCluster } from "../../src/operations/kubernetes/take-off.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { editStage, moveToCluster } from "../support/cluster/stage.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { until } from "../support/wait.ts";

const reason = await whyNoCluster();
const NAMESPACE = "voice-overtaken";
const KILL = { subject: "AGENT_ENABLED", flags: ["AGENT_ENABLED"], routes: [] };
const HOME = { namespace: NAMESPACE, stage: "dev" };

describe.skipIf(reason !== null)(`a kill while an update goes on${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  let project: TestProject;

  beforeAll(async () => {
    cluster = await startCluster();
    project = await makeProject();
    await cluster.apply(namespace(NAMESPACE));
    await project.pulumi(["stack", "init", "dev"]);
    await moveToCluster(project.root, "dev", cluster, NAMESPACE);
    await editStage(project.root, "dev", { "sluice:flags": { AGENT_ENABLED: 25 } });
    const { code, output } = await up();
    expect(code, output).toBe(0);
  });
  afterAll(async () => {
    await project.remove();
    await cluster.close();
  });

  const up = (): Promise<{ readonly code: number; readonly output: string }> => project.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await cluster.kubectl(["-n", NAMESPACE, ...args]);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const deploymentsOf = async (image: string): Promise<readonly string[]> =>
    (await kubectl("get", "deployments", "-o", "jsonpath={range .items[*]}{.metadata.name} {.spec.template.spec.containers[0].image}{'\\n'}{end}"))
      .split("\n")
      .flatMap((line) => (line.includes(image) ? [line.split(" ")[0] ?? ""] : []));
  const leading = async (): Promise<readonly string[]> =>
    (await kubectl("get", "traefikservices", "-o", "jsonpath={range .items[*]}{.metadata.name} {.spec.weighted.services[0].name}{'\\n'}{end}"))
      .split("\n")
      .filter((line) => line.startsWith("voice-api") && line.includes("--agent-enabled"));

  // Whoever kills knows nothing of the update's lock or state: as someone elsewhere, with a state in another backend.
  it("ends the update before it leads anyone there, and the next one keeps it off", async () => {
    const client = await openCluster({ kubeconfig: cluster.kubeconfig, context: cluster.name });
    const service = { image: "registry.example/service:1", replicas: 1, drain: "1s" };
    const held = { ...service, image: "registry.example/never-ready:1" };
    await moveToCluster(project.root, "dev", cluster, NAMESPACE, { services: { "voice-api": held, "billing-api": service } });
    await editStage(project.root, "dev", { "sluice:flags": { AGENT_ENABLED: 50 } });
    const update = up();
    await until("the update waits for pods", async () => (await deploymentsOf("never-ready")).length === 2, 60_000);
    await takeOffInCluster(client, HOME, KILL, { wait: true });
    expect(await leading()).toEqual([]);
    for (const name of await deploymentsOf("never-ready")) await kubectl("set", "image", `deployment/${name}`, `voice-api=${service.image}`);
    const { code, output } = await update;
    expect(code, output).not.toBe(0);
    expect(output).toContain("AGENT_ENABLED was killed after this update had begun, and stays off");
    expect(await leading()).toEqual([]);

    const next = await up();
    expect(next.code, next.output).toBe(0);
    expect(next.output).toContain("AGENT_ENABLED was killed in the cluster and stays off");
    expect(next.output).toContain("to end the kill: npx sluice revive AGENT_ENABLED --stage dev --reason <why>");
    expect(await leading()).toEqual([]);
  });

  it("stands no longer once an update has it in its config, so that the config ends it", async () => {
    await moveToCluster(project.root, "dev", cluster, NAMESPACE);
    await editStage(project.root, "dev", { "sluice:kill": { AGENT_ENABLED: true } });
    const taken = await up();
    expect(taken.code, taken.output).toBe(0);
    expect((await cluster.kubectl(["-n", NAMESPACE, "get", "configmap", "sluice-kills"])).stderr).toContain("NotFound");
    await editStage(project.root, "dev", { "sluice:kill": undefined });
    const ended = await up();
    expect(ended.code, ended.output).toBe(0);
    expect(await leading()).not.toEqual([]);
  });
});
