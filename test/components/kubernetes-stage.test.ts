import { describe, expect, it } from "vitest";
import { labelsOf } from "../../src/kubernetes/labels.ts";
import { objectsOf } from "../../src/kubernetes/objects.ts";
import { MADE } from "../../src/kubernetes/rights.ts";
import { planRollout } from "../../src/plan/plan.ts";
import { kubernetesInput } from "../support/cluster/kubernetes-input.ts";
import { deployStage } from "../support/cluster/mocked-stage.ts";
import { catalogInput, modelFrom } from "../support/model.ts";
import { allBefore, byKind, only, withoutHash } from "../support/recorded-resources.ts";

const FLAGS = { flags: { AGENT_ENABLED: 25 } };

describe("a stage on Kubernetes", () => {
  it("is these resources and no others", async () => {
    expect(byKind(await deployStage(FLAGS))).toEqual({
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

  it.each([
    ["with a flag in part and testers", { flags: { AGENT_ENABLED: { exposure: 25, testers: true } }, testerSecret: "0123456789abcdef" }, {}],
    [
      "with autoscaling",
      FLAGS,
      { services: { "voice-api": { image: "voice:1", replicas: 1, autoscaling: { maxReplicas: 4 } }, "billing-api": { image: "b:1" } } },
    ],
    [
      "with an account of its own",
      {},
      { services: { "voice-api": { image: "v:1", serviceAccount: "voice" }, "billing-api": { image: "b:1", serviceAccount: "b" } } },
    ],
    ["of pods of others", {}, { services: {}, existing: { "voice-api": [{ selector: { app: "v" } }], "billing-api": [{ selector: { app: "b" } }] } }],
  ])("is what the look before an update asks for, names and rights: %s", async (_title, settings, changes) => {
    const kubernetes = kubernetesInput(changes);
    const made = (await deployStage(settings, kubernetes)).filter(({ type }) => type.startsWith("kubernetes:"));
    const { catalog, settings: stage } = modelFrom({ target: "kubernetes", kubernetes, ...settings });
    if (stage.target.kind !== "kubernetes") throw new Error(`the target is ${stage.target.kind}`);
    const looked = objectsOf(planRollout(catalog, stage), stage.target).map(({ kind, name }) => `${kind} main/${name}`);
    expect(made.map(({ id }) => id).sort()).toEqual(looked.sort());
    const kinds = MADE.map(({ apiVersion, kind }) => `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`);
    for (const { type } of made) expect(kinds).toContain(type);
  });

  it("makes each thing after what it needs", async () => {
    const recorded = await deployStage(FLAGS);
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
    const recorded = await deployStage(FLAGS);
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

  it("carries the labels of the conventions, its namespace and its field manager on every object", async () => {
    const objects = (await deployStage(FLAGS)).filter(({ type }) => type.startsWith("kubernetes:"));
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
    const recorded = await deployStage(FLAGS, kubernetesInput({ services: {}, existing }));
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
