import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { type ClusterClient, openCluster } from "../../src/cluster/client.ts";
import { roleOf } from "../../src/kubernetes/rbac.ts";
import { MADE } from "../../src/kubernetes/rights.ts";
import { takeOffInCluster } from "../../src/operations/kubernetes/take-off.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { editStage, moveToCluster } from "../support/cluster/stage.ts";
import { HOME, makeProject, type TestProject } from "../support/project.ts";

const reason = await whyNoCluster();
const NAMESPACE = "voice-dev";
const KILL = { subject: "AGENT_ENABLED", flags: ["AGENT_ENABLED"], routes: ["AGENT_ENABLED/agent"] };
const kubeconfig = z.looseObject({ users: z.array(z.object({ name: z.string(), user: z.looseObject({}) })) });

describe.skipIf(reason !== null)(`the roles of docs/kubernetes-rbac.yaml${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  let project: TestProject;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.apply(namespace(NAMESPACE));
    const roles = await readFile(join(HOME, "docs/kubernetes-rbac.yaml"), "utf8");
    const applied = await cluster.kubectl(["--namespace", NAMESPACE, "apply", "--validate=strict", "-f", "-"], roles);
    expect(applied.code, applied.stderr).toBe(0);
    for (const kind of ["role", "clusterrole"]) {
      const bound = await cluster.kubectl(["-n", NAMESPACE, "create", `${kind}binding`, "up", `--${kind}`, roleOf("update"), "--user", "stranger"]);
      expect(bound.code, bound.stderr).toBe(0);
    }
    project = await makeProject();
    await project.pulumi(["stack", "init", "dev"]);
    await moveToCluster(project.root, "dev", { ...cluster, name: `${cluster.name}-stranger` }, NAMESPACE);
  });
  afterAll(async () => {
    await project.remove();
    await cluster.close();
  });

  async function run(...args: readonly string[]): Promise<void> {
    const { code, output } = await project.pulumi([...args, "--stack", "dev"]);
    expect(code, output).toBe(0);
  }

  /** The cluster as someone sees it who is in one group only. */
  async function as(group: string): Promise<ClusterClient> {
    const config = kubeconfig.parse(parse(await readFile(cluster.kubeconfig, "utf8")));
    const users = config.users.map(({ name, user }) => ({ name, user: { ...user, as: "someone", "as-groups": [group, "system:authenticated"] } }));
    const path = join(project.root, `${group}.yaml`);
    await writeFile(path, stringify({ ...config, users }));
    return openCluster({ kubeconfig: path, context: cluster.name });
  }

  it("let sluice-update deploy, change, refresh", async () => {
    await run("up", "--yes", "--skip-preview");
    await editStage(project.root, "dev", { "sluice:flags": { AGENT_ENABLED: 25 } });
    await run("up", "--yes");
    await run("preview", "--expect-no-changes");
    await run("refresh", "--yes");
  });

  it("let sluice-kill take traffic off, and deploy nothing", async () => {
    const client = await as(roleOf("kill"));
    const { withdrawal, left, flagd } = await takeOffInCluster(client, { namespace: NAMESPACE, stage: "dev" }, KILL, { wait: true });
    expect({ left, flagd, gone: withdrawal.routesGone }).toEqual({ left: null, flagd: null, gone: ["voice-api.agent-enabled.agent"] });
    const manifest = { apiVersion: "v1", kind: "Service", metadata: { name: "mine", namespace: NAMESPACE } };
    await expect(client.create({ ...manifest, spec: { ports: [{ port: 80 }] } })).rejects.toThrow(
      "does not let us create services mine in namespace voice-dev",
    );
    await expect(client.patch({ apiVersion: "v1", kind: "ConfigMap", namespace: NAMESPACE, name: "kube-root-ca.crt" }, { data: {} })).rejects.toThrow(
      "does not let us patch configmaps kube-root-ca.crt",
    );
  });

  it("let sluice-look see everything that Sluice makes, and change nothing", async () => {
    const client = await as(roleOf("look"));
    for (const kind of MADE) await client.list(kind, { namespace: NAMESPACE, labels: null }, z.unknown());
    await expect(client.patch({ apiVersion: "v1", kind: "ConfigMap", namespace: NAMESPACE, name: "sluice-flagd" }, { data: {} })).rejects.toThrow(
      "does not let us patch configmaps sluice-flagd",
    );
  });

  it("let the next update keep a kill off that its config does not have, with a warning", async () => {
    const { code, output } = await project.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(code, output).toBe(0);
    expect(output).toContain("AGENT_ENABLED was killed in the cluster and stays off, though the config does not say so.");
    const { stdout } = await cluster.kubectl(["-n", NAMESPACE, "get", "ingressroutes", "-o", "name"]);
    expect(stdout).not.toContain("agent-enabled");
  });

  it("let sluice-update destroy everything but the note of the kill", async () => {
    await run("destroy", "--yes");
    const { stdout } = await cluster.kubectl(["-n", NAMESPACE, "get", MADE.map(({ plural }) => plural).join(","), "-o", "name"]);
    expect(stdout.split("\n").sort()).toEqual(["configmap/sluice-kills", "serviceaccount/default"]);
  });
});
