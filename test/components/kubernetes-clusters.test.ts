import { relative } from "node:path";
import { describe, expect, it } from "vitest";
import { kubernetesInput } from "../support/cluster/kubernetes-input.ts";
import { deployStage } from "../support/cluster/mocked-stage.ts";
import { allBefore, byKind, only } from "../support/recorded-resources.ts";

const FLAGS = { flags: { AGENT_ENABLED: 25 } };

describe("several clusters", () => {
  const clusters = {
    us: { context: "us-context", wave: 2 },
    eu: { context: "eu-context", wave: 1, url: "https://eu.example.com", kubeconfig: "keys/eu.yaml", id: "3f0c1a52-8d1e-4c1b-9a55-0f6f3f8f2b11" },
    "eu-test": { context: "test-context", wave: 1, url: "https://test.example.com" },
  };

  it("get the same objects, each through its own provider, wave by wave", async () => {
    const recorded = await deployStage(FLAGS, kubernetesInput({ clusters }));
    const gate = recorded.findIndex(({ id }) => id === "WaveGate wave-1");
    const waveOf = (index: number): string => (index < gate ? "before" : "after");
    const inCluster = (cluster: string) => recorded.filter(({ provider }) => provider === `kubernetes ${cluster}`);
    for (const [cluster, wave] of [
      ["eu", "before"],
      ["eu-test", "before"],
      ["us", "after"],
    ] as const) {
      expect(inCluster(cluster).map(({ id }) => id.replace(`${cluster}/`, ""))).toEqual(inCluster("eu").map(({ id }) => id.replace("eu/", "")));
      expect(new Set(recorded.flatMap(({ parent }, index) => (parent === `Cluster ${cluster}` ? [waveOf(index)] : [])))).toEqual(new Set([wave]));
    }
    const routes = ["billing-api", "voice-api", "voice-api.agent-enabled.agent"];
    expect(recorded[gate]?.after).toEqual(["eu-test", "eu"].flatMap((cluster) => routes.map((route) => `IngressRoute ${cluster}/${route}`)));
    expect(only(recorded, "Cluster us").after).toEqual(["WaveGate wave-1"]);
    expect(only(recorded, "Record stage.json").after).toEqual(routes.map((route) => `IngressRoute us/${route}`));
    expect(byKind(recorded)["WaveGate"]).toEqual(["wave-1"]);
  });

  it("are each reached by their own context, and known by their id", async () => {
    const recorded = await deployStage({}, kubernetesInput({ clusters }));
    const common = { namespace: "voice", enableServerSideApply: "true", enableConfigMapMutable: "true" };
    expect(only(recorded, "kubernetes us").inputs).toEqual({ ...common, context: "us-context" });
    expect(only(recorded, "kubernetes eu").inputs).toEqual({
      ...common,
      context: "eu-context",
      kubeconfig: relative(process.cwd(), "/project/keys/eu.yaml"),
      clusterIdentifier: "3f0c1a52-8d1e-4c1b-9a55-0f6f3f8f2b11",
    });
  });

  it("are folders of files where the stage is rendered, and nothing waits or looks", async () => {
    const recorded = await deployStage(FLAGS, kubernetesInput({ clusters, output: "deploy/dev" }));
    expect(only(recorded, "kubernetes us").inputs).toEqual({
      namespace: "voice",
      enableServerSideApply: "true",
      enableConfigMapMutable: "true",
      renderYamlToDirectory: relative(process.cwd(), "/project/deploy/dev/us"),
    });
    for (const kind of ["ReadyPods", "RoutingTaken", "WaveGate"]) expect(byKind(recorded)).not.toHaveProperty(kind);
  });
});

describe("Traefik", () => {
  it("is installed by its chart where the config asks for it, before anything that it needs the definitions for", async () => {
    const traefik = { chartVersion: "37.1.0", values: { deployment: { replicas: 3 } } };
    const recorded = await deployStage({}, kubernetesInput({ traefik }));
    expect(only(recorded, "Chart main-traefik").inputs).toEqual({
      chart: "traefik",
      repositoryOpts: { repo: "https://traefik.github.io/charts" },
      name: "traefik",
      namespace: "traefik",
      version: "37.1.0",
      values: {
        providers: { kubernetesCRD: { enabled: true, allowEmptyServices: true } },
        metrics: { prometheus: { addServicesLabels: true } },
        additionalArguments: ["--api.insecure=true", "--providers.providersThrottleDuration=200ms"],
        deployment: { replicas: 3 },
      },
    });
    const routing = recorded.filter(({ id }) => /^(Middleware|TraefikService|IngressRoute) /.test(id));
    expect(routing.filter(({ id }) => !allBefore(recorded, id).has("Chart main-traefik")).map(({ id }) => id)).toEqual([]);
  });
});
