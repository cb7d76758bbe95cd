import { describe, expect, it } from "vitest";
import { labelsOf } from "../../src/kubernetes/labels.ts";
import { deployStage, kubernetesInput } from "../support/cluster/mocked-stage.ts";
import { catalogInput } from "../support/model.ts";
import { allBefore, byKind, only, withoutHash } from "../support/recorded-resources.ts";

const ENV_FLAGS = { flags: { AGENT_ENABLED: 25 } };

describe("a stage on Kubernetes", () => {
  it("is these resources and no others", async () => {
    expect(byKind(await deployStage(ENV_FLAGS))).toEqual({
      Stage: ["dev"],
      Cluster: ["main"],
      kubernetes: ["main"],
      ServiceAccount: ["main/sluice-workloads"],
      NetworkPolicy: ["main/sluice-only-from-traefik"],
      ConfigMap: ["main/billing-api-#", "main/sluice-flagd", "main/voice-api--agent-enabled-#", "main/voice-api--base-#"],
      Deployment: ["main/billing-api-#", "main/voice-api--agent-enabled-#", "main/voice-api--base-#"],
      PodDisruptionBudget: ["main/billing-api-#", "main/voice-api--agent-enabled-#", "main/voice-api--base-#"],
      ReadyPods: ["main/billing-api-#/ready", "main/voice-api--agent-enabled-#/ready", "main/voice-api--base-#/ready"],
      Service: ["main/billing-api--agent-enabled-#", "main/billing-api--base-#", "main/voice-api--agent-enabled-#", "main/voice-api--base-#"],
      Middleware: [
        "main/billing-api--agent-enabled-#",
        "main/billing-api--base-#",
        ...[1, 2, 3, 4, 5].map((bucket) => `main/sluice-bucket-${bucket}`),
        "main/sluice-clean",
        "main/voice-api--agent-enabled-#",
        "main/voice-api--base-#",
      ],
      TraefikService: ["billing-api", "voice-api"].flatMap((service) => [
        ...[1, 2, 3, 4, 5].map((bucket) => `main/${service}.bucket-${bucket}`),
        `main/${service}.newcomers`,
      ]),
      IngressRoute: ["main/billing-api", "main/voice-api", "main/voice-api.agent-enabled.agent"],
      RoutingTaken: ["main/taken"],
      Record: ["stage.json"],
    });
  });

  it("makes each thing after what it needs", async () => {
    const recorded = await deployStage(ENV_FLAGS);
    const after = (id: string): string[] => only(recorded, id).after.map(withoutHash);
    const buckets = [1, 2, 3, 4, 5];
    const shared = [...buckets.map((bucket) => `Middleware main/sluice-bucket-${bucket}`), "Middleware main/sluice-clean"];
    const slots = [...buckets.map((bucket) => `TraefikService main/voice-api.bucket-${bucket}`), "TraefikService main/voice-api.newcomers"];
    const variants = ["voice-api--agent-enabled-#", "voice-api--base-#"].map((name) => `main/${name}`);
    expect(after("Deployment main/voice-api--base-#")).toEqual(["ConfigMap main/voice-api--base-#"]);
    expect(after("ReadyPods main/voice-api--base-#/ready")).toEqual(["Deployment main/voice-api--base-#"]);
    const bucket = after("TraefikService main/voice-api.bucket-1");
    expect(bucket).toEqual(
      [...variants.flatMap((name) => [`Deployment ${name}`, `Middleware ${name}`, `ReadyPods ${name}/ready`, `Service ${name}`]), ...shared].sort(),
    );
    expect(after("TraefikService main/voice-api.newcomers")).toEqual([...bucket, ...slots.slice(0, -1)].sort());
    expect(after("IngressRoute main/voice-api.agent-enabled.agent")).toEqual([...shared, ...slots].sort());
    expect(after("RoutingTaken main/taken")).toEqual([
      "IngressRoute main/billing-api",
      "IngressRoute main/voice-api",
      "IngressRoute main/voice-api.agent-enabled.agent",
    ]);
    expect(after("Record stage.json")).toEqual(["RoutingTaken main/taken"]);
  });

  it("takes nothing of a variant away before every slot that led there, and holds one service up for no other", async () => {
    const recorded = await deployStage(ENV_FLAGS);
    const slots = recorded.filter(({ id }) => id.startsWith("TraefikService"));
    expect(slots).toHaveLength(12);
    for (const slot of slots) {
      const [, service = ""] = /main\/([a-z-]+)\./.exec(slot.name) ?? [];
      const before = [...allBefore(recorded, slot.id)].filter((id) => !id.includes("main/sluice-"));
      const pods = recorded.filter(({ id, name }) => /^(ConfigMap|Deployment|ReadyPods|Service) /.test(id) && name.startsWith(`main/${service}-`));
      expect(before).toEqual(expect.arrayContaining(pods.map(({ id }) => id)));
      expect(before.filter((id) => !id.includes(` main/${service}`))).toEqual([]);
    }
  });

  it("looks at pods anew where others are led to them, and only there", async () => {
    const catalog = catalogInput();
    const flags = { ...catalog.flags, VOICE_ONLY: { ...catalog.flags["TRANSCRIPTS_ENABLED"], requires: [] } };
    const ledTo = async (exposure: number): Promise<readonly unknown[]> => {
      const recorded = await deployStage({ flags: { VOICE_ONLY: exposure } }, kubernetesInput(), { catalog: { ...catalog, flags } });
      return ["billing-api-#", "voice-api--base-#"].map((name) => only(recorded, `ReadyPods main/${name}/ready`).inputs["led"]);
    };
    const [[billing, voice], later] = [await ledTo(25), await ledTo(50)];
    expect(later).toEqual([billing, expect.not.stringMatching(String(voice))]);
  });

  it("has other pods where anything of them is another, and the same where an exposure or their number is", async () => {
    const base = async (exposure: number, voice: Readonly<Record<string, unknown>>): Promise<string> => {
      const services = { "voice-api": { image: "voice:1", ...voice }, "billing-api": { image: "billing:1" } };
      return only(await deployStage({ flags: { AGENT_ENABLED: exposure } }, kubernetesInput({ services })), "Deployment main/voice-api--base-#").name;
    };
    const first = await base(25, {});
    expect(await base(50, {})).toBe(first);
    expect(await base(25, { replicas: 7 })).toBe(first);
    const scaled = { autoscaling: { maxReplicas: 9 } };
    const changes = [{ image: "voice:2" }, { env: { LOG_LEVEL: "debug" } }, { port: 9090 }, { user: 1000 }, { drain: "1s" }, { probePath: "/healthz" }, scaled];
    const names = new Set([first]);
    for (const change of changes) names.add(await base(25, change));
    expect(names.size).toBe(1 + changes.length);
    expect(await base(25, { autoscaling: { maxReplicas: 20 } })).toBe(await base(25, scaled));
  });

  it("carries the labels of the conventions, its namespace and its field manager on every object", async () => {
    const objects = (await deployStage(ENV_FLAGS)).filter(({ type }) => type.startsWith("kubernetes:"));
    expect(objects).toHaveLength(41);
    for (const { id, name, inputs, parent, provider } of objects) {
      const [, service = null] = /^main\/(billing-api|voice-api)/.exec(name) ?? [];
      const routing = /^(Middleware|TraefikService|IngressRoute) /.test(id);
      expect(inputs["metadata"], id).toEqual({
        name: name.slice("main/".length),
        namespace: "voice",
        labels: labelsOf("dev", service),
        annotations: expect.objectContaining({ "pulumi.com/patchFieldManager": "sluice" }),
      });
      // Only routing is taken back from others; a Deployment, Service or ConfigMap of theirs is a conflict.
      const annotations = JSON.stringify(inputs["metadata"]);
      expect(annotations.includes('"pulumi.com/patchForce":"true"'), id).toBe(routing);
      expect([parent, provider]).toEqual(["Cluster main", "kubernetes main"]);
    }
    expect(labelsOf("dev", "voice-api")).toEqual({
      "app.kubernetes.io/managed-by": "sluice",
      "app.kubernetes.io/part-of": "sluice",
      "app.kubernetes.io/instance": "dev",
      "app.kubernetes.io/name": "voice-api",
      "sluice/stage": "dev",
    });
  });

  it("keeps the tester secret in the routes of testers, and nowhere else", async () => {
    const secret = "0123456789abcdef";
    const recorded = await deployStage({ flags: { AGENT_ENABLED: { testers: true } }, testerSecret: secret }, kubernetesInput(), { testerSecret: secret });
    const holding = recorded.filter(({ inputs }) => JSON.stringify(inputs).includes(secret)).map(({ id }) => id);
    expect(holding.sort()).toEqual(["billing-api", "voice-api.agent-enabled.agent", "voice-api"].map((route) => `IngressRoute main/${route}.testers`));
    expect(JSON.stringify(recorded)).not.toContain("tester-secret}");
  });
});

describe("pods that others deploy", () => {
  const existing = {
    "voice-api": [
      { selector: { app: "voice", line: "stable" }, port: 3000 },
      { flags: ["AGENT_ENABLED"], selector: { app: "voice", line: "agent" }, port: 3001 },
    ],
    "billing-api": [{ selector: { app: "billing" }, port: 4000 }],
  };

  it("are led to, and neither made, nor waited for, nor shut in", async () => {
    const recorded = await deployStage(ENV_FLAGS, kubernetesInput({ services: {}, existing }));
    const kinds = byKind(recorded);
    expect(kinds["ConfigMap"]).toEqual(["main/sluice-flagd"]);
    for (const kind of ["Deployment", "PodDisruptionBudget", "HorizontalPodAutoscaler", "NetworkPolicy", "ServiceAccount", "ReadyPods"])
      expect(kinds).not.toHaveProperty(kind);
    const leads = (name: string): unknown => {
      const { spec, metadata } = JSON.parse(JSON.stringify(only(recorded, `Service main/${name}`).inputs));
      return [spec.selector, spec.ports[0].targetPort, metadata.annotations["sluice/workload"]];
    };
    expect(leads("voice-api--base-#")).toEqual([{ app: "voice", line: "stable" }, 3000, undefined]);
    expect(leads("voice-api--agent-enabled-#")).toEqual([{ app: "voice", line: "agent" }, 3001, undefined]);
    expect(leads("billing-api--base-#")).toEqual([{ app: "billing" }, 4000, undefined]);
    expect(leads("billing-api--agent-enabled-#")).toEqual([{ app: "billing" }, 4000, undefined]);
  });
});

describe("several clusters", () => {
  const clusters = {
    us: { context: "us-context", wave: 2 },
    eu: { context: "eu-context", wave: 1, url: "https://eu.example.com", kubeconfig: "keys/eu.yaml", id: "3f0c1a52-8d1e-4c1b-9a55-0f6f3f8f2b11" },
    "eu-test": { context: "test-context", wave: 1, url: "https://test.example.com" },
  };

  it("get the same objects, each through its own provider, wave by wave", async () => {
    const recorded = await deployStage(ENV_FLAGS, kubernetesInput({ clusters }));
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
      kubeconfig: "/project/keys/eu.yaml",
      clusterIdentifier: "3f0c1a52-8d1e-4c1b-9a55-0f6f3f8f2b11",
    });
  });

  it("are folders of files where the stage is rendered, and nothing waits or looks", async () => {
    const recorded = await deployStage(ENV_FLAGS, kubernetesInput({ clusters, output: "deploy/dev" }));
    expect(only(recorded, "kubernetes us").inputs).toEqual({
      namespace: "voice",
      enableServerSideApply: "true",
      enableConfigMapMutable: "true",
      renderYamlToDirectory: "/project/deploy/dev/us",
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
