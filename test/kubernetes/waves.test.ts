import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VARIANT_HEADER } from "../../src/model/headers.ts";
import { type Answering, startAnswering } from "../support/answering.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { editStage, moveToCluster } from "../support/cluster/stage.ts";
import { makeProject, type TestProject } from "../support/project.ts";

const reason = await whyNoCluster();
const NAMESPACE = "voice-dev";

describe.skipIf(reason !== null)(`clusters in waves${reason === null ? "" : ` (${reason})`}`, () => {
  let clusters: readonly [Cluster, Cluster];
  let project: TestProject;
  let elsewhere: Answering;
  beforeAll(async () => {
    clusters = await Promise.all([startCluster({ name: "eu" }), startCluster({ name: "us" })]);
    await Promise.all(clusters.map((cluster) => cluster.apply(namespace(NAMESPACE))));
    elsewhere = await startAnswering((_request, response) => {
      response.setHeader(VARIANT_HEADER, "of-another");
      response.end();
    });
    project = await makeProject();
    await project.pulumi(["stack", "init", "dev"]);
  });
  afterAll(async () => {
    await project.remove();
    await elsewhere.stop();
    await Promise.all(clusters.map((cluster) => cluster.close()));
  });

  async function configure(url: string, flags: Readonly<Record<string, unknown>>, keys = ["eu", "us"]): Promise<void> {
    const [eu, us] = clusters;
    const inWave = (cluster: Cluster, wave: number, address: string): object => ({ context: cluster.name, kubeconfig: cluster.kubeconfig, wave, url: address });
    await moveToCluster(project.root, "dev", eu, NAMESPACE, {
      clusters: Object.fromEntries(Object.entries({ eu: inWave(eu, 1, url), us: inWave(us, 2, us.traefik?.url ?? "") }).filter(([key]) => keys.includes(key))),
    });
    await editStage(project.root, "dev", { "sluice:flags": flags });
  }

  const up = (): Promise<{ readonly code: number; readonly output: string }> => project.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);

  /** Names and versions of everything that decides about visitors. */
  async function routingOf(cluster: Cluster): Promise<string> {
    const columns = "custom-columns=KIND:.kind,NAME:.metadata.name,VERSION:.metadata.resourceVersion";
    return (await cluster.kubectl(["-n", NAMESPACE, "get", "traefikservices,ingressroutes,deployments", "-o", columns])).stdout;
  }

  it("change one after the other, and the later stays as it was where the earlier does not lead visitors as planned", async () => {
    const [eu, us] = clusters;
    await configure(eu.traefik?.url ?? "", {});
    const first = await up();
    expect(first.code, first.output).toBe(0);
    expect(first.output).toMatch(/WaveGate\s+wave-1\s+created/);

    const before = { eu: await routingOf(eu), us: await routingOf(us) };
    await configure(elsewhere.url, { AGENT_ENABLED: 25 });
    const failed = await up();
    expect(failed.code, failed.output).not.toBe(0);
    expect(failed.output).toContain(`The cluster eu does not lead visitors as planned at ${elsewhere.url}, 30 s after its change:`);
    expect(failed.output).toContain("The clusters of later waves are as they were.");
    expect(await routingOf(us)).toBe(before.us);
    expect(await routingOf(eu)).not.toBe(before.eu);

    await configure(eu.traefik?.url ?? "", { AGENT_ENABLED: 25 });
    const repaired = await up();
    expect(repaired.code, repaired.output).toBe(0);
    expect(await routingOf(us)).not.toBe(before.us);
    const nothing = await project.pulumi(["preview", "--expect-no-changes", "--stack", "dev"]);
    expect(nothing.code, nothing.output).toBe(0);
  });

  it("go and come, and the others stay as they are", async () => {
    const [eu, us] = clusters;
    const before = await routingOf(eu);
    for (const [keys, there] of [
      [["eu"], false],
      [["eu", "us"], true],
    ] as const) {
      await configure(eu.traefik?.url ?? "", { AGENT_ENABLED: 25 }, [...keys]);
      const { code, output } = await up();
      expect(code, output).toBe(0);
      expect((await routingOf(us)).includes("IngressRoute")).toBe(there);
    }
    expect(await routingOf(eu)).toBe(before);
  });
});
