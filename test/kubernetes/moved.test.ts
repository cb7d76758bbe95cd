import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { moveToCluster } from "../support/cluster/stage.ts";
import { makeProject, type TestProject } from "../support/project.ts";

const NAMESPACE = "voice-dev";
const reason = await whyNoCluster();

describe.skipIf(reason !== null)(`a stage that runs in a cluster${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  let project: TestProject;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.apply(namespace(NAMESPACE));
    project = await makeProject();
    await project.pulumi(["stack", "init", "dev"]);
    await configure("main");
    const { code, output } = await project.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(code, output).toBe(0);
  });
  afterAll(async () => {
    await project.remove();
    await cluster.close();
  });

  function configure(key: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { url, admin: api } = cluster.traefik ?? {};
    return moveToCluster(project.root, "dev", cluster, NAMESPACE, {
      clusters: { [key]: { context: cluster.name, kubeconfig: cluster.kubeconfig, url, api } },
      ...more,
    });
  }
  const objects = async (): Promise<string> =>
    (await cluster.kubectl(["-n", NAMESPACE, "get", "ingressroutes,traefikservices,deployments,services", "-o", "name"])).stdout;

  it.each([
    ["another key of the same cluster", "eu", {}, "kubernetes.clusters.eu: is the cluster in which dev runs as main"],
    ["a folder for its files", "main", { output: "deploy/dev" }, "kubernetes.output: is deploy/dev, but dev runs in main"],
  ])("refuses %s, and keeps every object", async (_case, key, more, expected) => {
    const before = await objects();
    await configure(key, more);
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const { code, output } = await project.pulumi([...command, "--stack", "dev"]);
      expect(code, output).not.toBe(0);
      expect(output).toContain(expected);
    }
    expect(before).toContain("ingressroute");
    expect(await objects()).toBe(before);
  });

  it("goes on where the key is put back, and after the command that is told where labels were taken away", async () => {
    await configure("main");
    await cluster.kubectl(["-n", NAMESPACE, "label", "services,deployments,ingressroutes,middlewares", "--all", "sluice/stage-"]);
    const refused = await project.pulumi(["preview", "--stack", "dev"]);
    expect(refused.code, refused.output).not.toBe(0);
    const [, command = ""] = /took its label away: kubectl (.*)$/m.exec(refused.output) ?? [];
    const labelled = await cluster.kubectl(command.trim().split(" "));
    expect(labelled.code, labelled.stderr).toBe(0);
    const { code, output } = await project.pulumi(["preview", "--expect-no-changes", "--stack", "dev"]);
    expect(code, output).toBe(0);
  });
});
