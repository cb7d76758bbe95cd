import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { editStage, moveToCluster } from "../support/cluster/stage.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { until } from "../support/wait.ts";

const NAMESPACE = "voice-back";
const IMAGE = "registry.example/service:1";
const reason = await whyNoCluster();

describe.skipIf(reason !== null)(`going back on a cluster${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  let test: TestProject;

  beforeAll(async () => {
    cluster = await startCluster({ traefik: ["--providers.kubernetescrd.allowEmptyServices=true"] });
    test = await makeProject();
    await cluster.apply(namespace(NAMESPACE));
    await test.pulumi(["stack", "init", "dev"]);
  });
  afterAll(async () => {
    await cluster.close();
    await test.remove();
  });

  /** With the pods' own addresses, as on clusters with a network: nobody visits here. */
  async function up(
    exposure: number,
    billing = IMAGE,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<{ readonly code: number; readonly output: string }> {
    const service = (image: string): object => ({ image, replicas: 1, drain: "1s" });
    const services = { "voice-api": service(IMAGE), "billing-api": service(billing) };
    await moveToCluster(test.root, "dev", cluster, NAMESPACE, { nativeLB: false, readyWithin: "5s", services, ...more });
    await editStage(test.root, "dev", { "sluice:flags": { AGENT_ENABLED: exposure } });
    return test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
  }
  async function kubectl(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await cluster.kubectl(["-n", NAMESPACE, ...args]);
    expect(code, stderr).toBe(0);
    return stdout;
  }
  const leadsTo = (slot: string): Promise<string> => kubectl("get", "traefikservice", slot, "-o", "jsonpath={.spec.weighted.services[*].name}");
  async function deploymentOf(variant: string): Promise<string> {
    const names = (await kubectl("get", "deployments", "-o", "name")).split("\n");
    return names.find((name) => name.includes(variant)) ?? "";
  }
  /** Takes all pods of a Deployment away, as where they crash. */
  async function breakPods(variant: string): Promise<void> {
    const name = await deploymentOf(variant);
    await kubectl("scale", name, "--replicas=0");
    await until(`${variant} has no pods`, async () => (await kubectl("get", name, "-o", "jsonpath={.status.readyReplicas}")) === "");
  }

  it("waits neither for pods that lose visitors nor for a service that has none ready anyway", async () => {
    const first = await up(50);
    expect(first.code, first.output).toBe(0);
    expect(await leadsTo("voice-api.bucket-4")).toContain("voice-api--agent-enabled");
    await breakPods("voice-api--agent-enabled");
    await breakPods("billing-api");
    const back = await up(25);
    expect(back.code, back.output).toBe(0);
    expect(await leadsTo("voice-api.bucket-4")).toContain("voice-api--base");
    expect(await leadsTo("voice-api.bucket-3")).toContain("voice-api--agent-enabled");
  });

  it("does not lead anyone more to pods that are not ready", async () => {
    const { code, output } = await up(50);
    expect(code, output).not.toBe(0);
    expect(output).toContain("0 of 1 pods are ready after 5s");
    expect(await leadsTo("voice-api.bucket-4")).toContain("voice-api--base");
    await kubectl("scale", await deploymentOf("voice-api--agent-enabled"), await deploymentOf("billing-api"), "--replicas=1");
  });

  it("waits for Traefik also where the update before has failed half-way, and the state knows nothing of what it led to", async () => {
    const whole = await up(25);
    expect(whole.code, whole.output).toBe(0);
    const failed = await up(50, "registry.example/never-ready:1");
    expect(failed.code, failed.output).not.toBe(0);
    expect(await leadsTo("voice-api.bucket-4")).toContain("voice-api--agent-enabled");
    const back = await up(25);
    expect(back.code, back.output).toBe(0);
    expect(await leadsTo("voice-api.bucket-4")).toContain("voice-api--base");
    expect(back.output).toMatch(/RoutingTaken +main\/taken +updated/);
  });
});
