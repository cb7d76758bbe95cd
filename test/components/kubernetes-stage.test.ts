import { describe, expect, it } from "vitest";
import { labelsOf } from "../../src/kubernetes/labels.ts";
import { objectsOf } from "../../src/kubernetes/objects.ts";
import { MADE } from "../../src/kubernetes/rights.ts";
import { planRollout } from "../../src/plan/plan.ts";
import { kubernetesInput } from "../support/cluster/kubernetes-input.ts";
import { deployStage } from "../support/cluster/mocked-stage.ts";
import { modelFrom } from "../support/model.ts";
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
    const slots = [...[1, 2, 3, 4, 5].map((bucket) => `TraefikService main/voice-api.bucket-${bucket}`), "TraefikService main/voice-api.newcomers"];
    const ready = (name: string): string[] => [`Deployment main/${name}`, `ReadyPods main/${name}/ready`, `Service main/${name}`];
    const [base, on] = ["voice-api--base-#", "voice-api--agent-enabled-#"];
    expect(after(`Deployment main/${base}`)).toEqual([`ConfigMap main/${base}`]);
    expect(after(`ReadyPods main/${base}/ready`)).toEqual([`Deployment main/${base}`, `Service main/${base}`]);
    const middlewares = (bucket: number, name: string): string[] => [`Middleware main/sluice-bucket-${bucket}`, `Middleware main/${name}`];
    // The way back of those who are led to the variant with the flag is ready before they are; not so the other way round.
    expect(after("TraefikService main/voice-api.bucket-3")).toEqual([...ready(base), ...ready(on), ...middlewares(3, on)].sort());
    expect(after("TraefikService main/voice-api.bucket-4")).toEqual([...ready(base), ...middlewares(4, base)].sort());
    expect(after("TraefikService main/voice-api.newcomers")).toEqual(slots.slice(0, -1));
    expect(after("IngressRoute main/voice-api.agent-enabled.agent")).toEqual(["Middleware main/sluice-clean", ...slots]);
    const taken = only(recorded, "RoutingTaken main/taken");
    const routing = recorded.filter(({ id }) => /^(TraefikService|IngressRoute) /.test(id)).map(({ id }) => id);
    expect(taken.after).toEqual(routing.sort());
    expect(taken.inputs["versions"]).toEqual({ "billing-api": expect.any(String), "voice-api": expect.any(String) });
    expect(after("Record stage.json")).toEqual(["RoutingTaken main/taken"]);
  });

  it("takes nothing of a variant away before every slot that led there, and holds one service up for no other", async () => {
    const recorded = await deployStage(FLAGS);
    const slots = recorded.filter(({ id }) => id.startsWith("TraefikService"));
    expect(slots).toHaveLength(12);
    for (const slot of slots) {
      const [, service = ""] = /main\/([a-z-]+)\./.exec(slot.name) ?? [];
      const before = [...allBefore(recorded, slot.id)].filter((id) => !id.includes("main/sluice-"));
      const children = JSON.stringify(slot.inputs["spec"]).matchAll(/"kind":"Service","name":"([^"]+)"/g);
      for (const [, leaf = ""] of children) {
        const { spec } = JSON.parse(JSON.stringify(only(recorded, `Service main/${withoutHash(leaf)}`).inputs));
        const pods = `main/${spec.selector["sluice/workload"]}`;
        expect(before).toEqual(expect.arrayContaining([`Service main/${leaf}`, `Deployment ${pods}`, `ConfigMap ${pods}`, `ReadyPods ${pods}/ready`]));
      }
      expect(before.filter((id) => !id.includes(` main/${service}`))).toEqual([]);
    }
  });

  it("says of pods who is led to them, for each variant by itself", async () => {
    const ledTo = async (settings: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> => {
      const ready = (await deployStage({ testerSecret: "0123456789abcdef", ...settings })).filter(({ id }) => id.startsWith("ReadyPods"));
      return Object.fromEntries(ready.map(({ name, inputs }) => [withoutHash(name).replace(/^main\/|-#\/ready$/g, ""), inputs["led"]]));
    };
    const buckets = (...ids: readonly number[]): string[] => ids.map((id) => `bucket ${id}`);
    expect(await ledTo({})).toEqual({ "billing-api": [], "voice-api--base": buckets(1, 2, 3, 4, 5) });
    expect(await ledTo({ flags: { AGENT_ENABLED: { exposure: 25, testers: true } } })).toEqual({
      "billing-api": [],
      "voice-api--agent-enabled": [...buckets(1, 2, 3), "testers"],
      "voice-api--base": [...buckets(4, 5), "way back"],
    });
    expect(await ledTo({ flags: { AGENT_ENABLED: 100 } })).toEqual({
      "billing-api": [],
      "voice-api--agent-enabled": buckets(1, 2, 3, 4, 5),
      "voice-api--base": ["way back"],
    });
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
      const { spec } = JSON.parse(JSON.stringify(only(recorded, `Service main/${name}`).inputs));
      return [spec.selector, spec.ports[0].targetPort];
    };
    expect(leads("voice-api--base-#")).toEqual([{ app: "voice", line: "stable" }, 3000]);
    expect(leads("voice-api--agent-enabled-#")).toEqual([{ app: "voice", line: "agent" }, 3001]);
    expect(leads("billing-api--base-#")).toEqual([{ app: "billing" }, 4000]);
    expect(leads("billing-api--agent-enabled-#")).toEqual([{ app: "billing" }, 4000]);
  });
});
