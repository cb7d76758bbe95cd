import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { editStage, moveToCluster } from "../support/cluster/stage.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { lost, startVisits, toVisit, type Visits } from "../support/visits.ts";
import { until } from "../support/wait.ts";

const NAMESPACE = "voice-fields";
const [ON, FOURTH, OFF] = ["sluice-1=x", "sluice-4=x", "sluice-5=x"];
const reason = await whyNoCluster();

describe.skipIf(reason !== null)(`fields that others set too${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  let project: TestProject;
  let url = "";
  let visits: Visits;

  beforeAll(async () => {
    cluster = await startCluster();
    url = cluster.traefik?.url ?? "";
    await cluster.apply(namespace(NAMESPACE));
    project = await makeProject();
    await project.pulumi(["stack", "init", "dev"]);
    expect((await update(25)).code).toBe(0);
    await until("visitors see the flag", () => isOn("/billing", ON));
    visits = startVisits(
      url,
      ["/voice", "/billing"].flatMap((path) => [ON, FOURTH, OFF].map((cookie) => [path, cookie] as const)),
    );
  });
  afterAll(async () => {
    await visits.stop();
    await project.remove();
    await cluster.close();
  });

  async function update(exposure: number, voice: Readonly<Record<string, unknown>> = {}): Promise<{ readonly code: number; readonly output: string }> {
    const service = { image: "registry.example/service:1", replicas: 1, drain: "1s" };
    await moveToCluster(project.root, "dev", cluster, NAMESPACE, { services: { "voice-api": { ...service, ...voice }, "billing-api": service } });
    await editStage(project.root, "dev", { "sluice:flags": { AGENT_ENABLED: exposure } });
    return project.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
  }
  async function kubectl(args: readonly string[], input?: object): Promise<string> {
    const { code, stdout, stderr } = await cluster.kubectl(["-n", NAMESPACE, ...args], input === undefined ? undefined : JSON.stringify(input));
    expect(code, stderr).toBe(0);
    return stdout;
  }
  /** As a tool does that holds the cluster to files of its own. */
  async function applyAs(manager: string, apiVersion: string, kind: string, name: string, rest: object): Promise<void> {
    await kubectl(["apply", "--server-side", "--force-conflicts", "--field-manager", manager, "-f", "-"], { apiVersion, kind, metadata: { name }, ...rest });
  }
  const isOn = async (path: string, cookie: string): Promise<boolean> => toVisit(0, await ask(url, { path, headers: { cookie } })).on.length > 0;
  const baseOfVoice = async (): Promise<string> => {
    const names = (await kubectl(["get", "deployments", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
    return names.find((name) => name.startsWith("voice-api--base-")) ?? "";
  };
  /** Nobody was lost, and whoever saw the flag or not still does. */
  async function servesAsBefore(): Promise<void> {
    const count = visits.seen.length;
    await until("visitors come since", () => visits.seen.length > count + 100);
    expect(lost(visits.seen)).toEqual([]);
    expect(await Promise.all([ON, FOURTH, OFF].map((cookie) => isOn("/voice", cookie)))).toEqual([true, false, false]);
  }

  it("are a conflict that names who, what and where, and the routes from before go on", async () => {
    const base = await baseOfVoice();
    await applyAs("gitops", "apps/v1", "Deployment", base, { spec: { replicas: 3 } });
    const { code, output } = await update(50, { replicas: 2 });
    expect(code).not.toBe(0);
    expect(output).toContain('had an apply conflict: Apply failed with 1 conflict: conflict with "gitops": .spec.replicas');
    expect(output).toContain(`kubernetes:apps/v1:Deployment (main/${base}):`);
    await servesAsBefore();
  });

  it("are none any more once the other has taken them out, and the update goes on where it ended", async () => {
    await applyAs("gitops", "apps/v1", "Deployment", await baseOfVoice(), {});
    const { code, output } = await update(50, { replicas: 2 });
    expect(code, output).toBe(0);
    await until("the bucket between sees the flag", () => isOn("/voice", FOURTH));
  });

  it("are told in plain words by a rollback, which leaves everyone where they are served", async () => {
    await applyAs("gitops", "v1", "ConfigMap", "sluice-flagd", { data: { "flags.json": "{}" } });
    const { code, output } = await project.sluice(["rollback", "--stage", "dev"]);
    expect(code).not.toBe(0);
    expect(output).toContain(
      "gitops also sets .data.flags.json of ConfigMap sluice-flagd of cluster main, and Sluice takes nothing over that others apply. Take it out of what gitops applies",
    );
    expect(output).toContain("nothing that serves was taken away");
    expect(lost(visits.seen)).toEqual([]);
    await applyAs("gitops", "v1", "ConfigMap", "sluice-flagd", {});
    const repaired = await update(25);
    expect(repaired.code, repaired.output).toBe(0);
    await until("the bucket between is back", async () => !(await isOn("/voice", FOURTH)));
  });

  it("are taken back in the routing, and everywhere from whoever edited by hand", async () => {
    const everyone = { spec: { weighted: { services: [{ kind: "TraefikService", name: "voice-api.bucket-1", weight: 1 }] } } };
    await applyAs("gitops", "traefik.io/v1alpha1", "TraefikService", "voice-api.bucket-4", everyone);
    const edited = JSON.stringify({ data: { "flags.json": "{}" } });
    await kubectl(["patch", "configmap/sluice-flagd", "--type", "merge", "--field-manager", "kubectl-edit", "-p", edited]);
    await until("Traefik leads by it", () => isOn("/voice", FOURTH));
    const { code, output } = await project.pulumi(["up", "--yes", "--skip-preview", "--refresh", "--stack", "dev"]);
    expect(code, output).toBe(0);
    expect(await kubectl(["get", "configmap/sluice-flagd", "-o", "jsonpath={.data}"])).toContain("AGENT_ENABLED");
    await until("Traefik leads as planned", async () => !(await isOn("/voice", FOURTH)));
    await servesAsBefore();
  });

  it("are told apart where someone scaled by hand, with what ends it", async () => {
    const base = await baseOfVoice();
    await kubectl(["scale", `deployment/${base}`, "--replicas=3"]);
    const conflict = await update(25, { replicas: 2 });
    expect(conflict.code).not.toBe(0);
    const told = await project.sluice(["rollback", "--stage", "dev", "--to", "1"]);
    expect(told.output).toContain(`kubectl scaled Deployment ${base} of cluster main, and Sluice takes nothing over that others set.`);
    await kubectl(["scale", `deployment/${base}`, "--replicas=2"]);
    const repaired = await update(25, { replicas: 2 });
    expect(repaired.code, repaired.output).toBe(0);
    await servesAsBefore();
  });

  it("are the autoscaler's alone where there is one: it gets pods of its own, and leaves them to new ones", async () => {
    for (const [voice, pods] of [
      [{ autoscaling: { maxReplicas: 3 } }, "3"],
      [{ replicas: 2 }, "2"],
    ] as const) {
      const before = await baseOfVoice();
      const { code, output } = await update(25, voice);
      expect(code, output).toBe(0);
      const base = await baseOfVoice();
      expect(base).not.toBe(before);
      expect(await kubectl(["get", "deployment", base, "-o", "jsonpath={.spec.replicas}"])).toBe(pods);
      await servesAsBefore();
    }
  });
});
