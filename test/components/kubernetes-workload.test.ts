import { describe, expect, it } from "vitest";
import { FLAGD } from "../../src/kubernetes/names.ts";
import { kubernetesInput } from "../support/cluster/kubernetes-input.ts";
import { deployStage } from "../support/cluster/mocked-stage.ts";
import { byKind, only, type Recorded, withoutHash } from "../support/recorded-resources.ts";

const FLAGS = { flags: { AGENT_ENABLED: 25 } };

/** A stage whose voice-api says more than its image. */
function deployVoice(voice: Readonly<Record<string, unknown>>, settings: Readonly<Record<string, unknown>> = FLAGS): Promise<readonly Recorded[]> {
  return deployStage(settings, kubernetesInput({ services: { "voice-api": { image: "voice:1", ...voice }, "billing-api": { image: "billing:1" } } }));
}

function specOf(recorded: readonly Recorded[], id: string): unknown {
  return only(recorded, id).inputs["spec"];
}

describe("the pods of a variant", () => {
  it("are exactly this", async () => {
    const voice = {
      replicas: 3,
      port: 9090,
      command: ["/serve"],
      args: ["--json"],
      probePath: "/healthz",
      resources: { requests: { cpu: "250m", memory: "128Mi" }, limits: { memory: "256Mi" } },
      env: { LOG_LEVEL: "info" },
      imagePullSecrets: ["registry"],
      user: 1000,
      drain: "7s",
    };
    const recorded = await deployVoice(voice);
    const { name, inputs } = only(recorded, "Deployment main/voice-api--agent-enabled-#");
    const workload = name.slice("main/".length);
    const selector = { matchLabels: { "sluice/workload": workload } };
    const probe = { httpGet: { path: "/healthz", port: "http" } };
    expect(inputs["spec"]).toEqual({
      replicas: 3,
      selector,
      progressDeadlineSeconds: 120,
      template: {
        metadata: {
          labels: {
            "app.kubernetes.io/managed-by": "sluice",
            "app.kubernetes.io/part-of": "sluice",
            "app.kubernetes.io/instance": "dev",
            "app.kubernetes.io/name": "voice-api",
            "sluice/stage": "dev",
            "sluice/variant": "agent-enabled",
            "sluice/workload": workload,
          },
        },
        spec: {
          serviceAccountName: "sluice-workloads",
          automountServiceAccountToken: false,
          imagePullSecrets: [{ name: "registry" }],
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
          terminationGracePeriodSeconds: 37,
          topologySpreadConstraints: [
            { maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway", labelSelector: selector },
            { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway", labelSelector: selector },
          ],
          containers: [
            {
              name: "voice-api",
              image: "voice:1",
              command: ["/serve"],
              args: ["--json"],
              ports: [{ name: "http", containerPort: 9090 }],
              envFrom: [{ configMapRef: { name: workload } }],
              resources: { requests: { cpu: "250m", memory: "128Mi" }, limits: { memory: "256Mi" } },
              readinessProbe: { ...probe, periodSeconds: 2, failureThreshold: 2 },
              livenessProbe: { ...probe, initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 6 },
              lifecycle: { preStop: { sleep: { seconds: 7 } } },
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
              volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
            },
          ],
          volumes: [{ name: "tmp", emptyDir: {} }],
        },
      },
    });
    // The pods are waited for by ReadyPods, with words of their own.
    expect(inputs["metadata"]).toHaveProperty(["annotations", "pulumi.com/waitFor"], "jsonpath={.metadata.uid}");
    expect(only(recorded, "ConfigMap main/voice-api--agent-enabled-#").inputs).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: expect.objectContaining({ name: workload }),
      immutable: true,
      data: {
        AGENT_ENABLED: "true",
        LOG_LEVEL: "info",
        PORT: "9090",
        SLUICE_SERVICE: "voice-api",
        SLUICE_VARIANT: "agent-enabled",
        TRANSCRIPTS_ENABLED: "false",
      },
    });
    expect(only(recorded, "ReadyPods main/voice-api--agent-enabled-#/ready").inputs).toEqual({
      cluster: "main",
      context: "main-context",
      kubeconfig: null,
      namespace: "voice",
      deployment: workload,
      least: 3,
      led: ["bucket 1", "bucket 2", "bucket 3"],
      services: [only(recorded, "Service main/voice-api--agent-enabled-#").name.slice("main/".length)],
      limit: 300_000,
    });
    expect(specOf(recorded, "PodDisruptionBudget main/voice-api--agent-enabled-#")).toEqual({ maxUnavailable: 1, selector });
  });

  it("have no more than they were asked for: no pause without a drain, an account of their own with its token, no budget for one", async () => {
    const recorded = await deployVoice({ drain: "0s", serviceAccount: "voice", replicas: 1 });
    const { template } = JSON.parse(JSON.stringify(specOf(recorded, "Deployment main/voice-api--base-#")));
    expect(template.spec).toMatchObject({ serviceAccountName: "voice", automountServiceAccountToken: true, terminationGracePeriodSeconds: 30 });
    const [container] = template.spec.containers;
    for (const key of ["lifecycle", "command", "args"]) expect(container).not.toHaveProperty(key);
    expect(container.resources).toEqual({});
    expect(template.spec).not.toHaveProperty("imagePullSecrets");
    expect(byKind(recorded)["PodDisruptionBudget"]).toEqual(["main/billing-api-#"]);
    expect(byKind(recorded)["ServiceAccount"]).toEqual(["main/sluice-workloads"]);
    expect(only(recorded, "ServiceAccount main/sluice-workloads").inputs["automountServiceAccountToken"]).toBe(false);
  });

  it("of header delivery serve every variant, and are told no flag by their environment", async () => {
    const recorded = await deployStage(FLAGS);
    const { data } = JSON.parse(JSON.stringify(only(recorded, "ConfigMap main/billing-api-#").inputs));
    expect(data).toEqual({ PORT: "8080", SLUICE_SERVICE: "billing-api" });
    const workload = only(recorded, "Deployment main/billing-api-#").name.slice("main/".length);
    const leaves = ["base", "agent-enabled"].map((variant) => specOf(recorded, `Service main/billing-api--${variant}-#`));
    expect(leaves).toEqual([expect.objectContaining({ selector: { "sluice/workload": workload } }), leaves[0]]);
  });

  it("are scaled where asked: the way back at capacity, the others by their share, the number left to the autoscaler", async () => {
    const recorded = await deployVoice({ replicas: 2, autoscaling: { maxReplicas: 10, cpuPercent: 60 } });
    const scaled = (variant: string): readonly unknown[] => {
      const id = `voice-api--${variant}-#`;
      const { scaleTargetRef, ...spec } = JSON.parse(JSON.stringify(specOf(recorded, `HorizontalPodAutoscaler main/${id}`)));
      expect({ ...scaleTargetRef, name: withoutHash(String(scaleTargetRef.name)) }).toEqual({ apiVersion: "apps/v1", kind: "Deployment", name: id });
      expect(specOf(recorded, `Deployment main/${id}`)).not.toHaveProperty("replicas");
      expect(specOf(recorded, `PodDisruptionBudget main/${id}`)).toMatchObject({ maxUnavailable: 1 });
      const ready = only(recorded, `ReadyPods main/${id}/ready`);
      expect(ready.after.map(withoutHash)).toEqual([`Deployment main/${id}`, `HorizontalPodAutoscaler main/${id}`, `Service main/${id}`]);
      return [spec, ready.inputs["least"]];
    };
    const metrics = [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } }];
    expect(scaled("base")).toEqual([{ minReplicas: 10, maxReplicas: 10, metrics }, 10]);
    expect(scaled("agent-enabled")).toEqual([{ minReplicas: 3, maxReplicas: 10, metrics }, 3]);
  });
});

describe("what leads to the pods", () => {
  it("is a Service of each variant, with a port for everyone and one for the newcomers of each bucket", async () => {
    const recorded = await deployVoice({ port: 9090 });
    const { metadata, spec } = JSON.parse(JSON.stringify(only(recorded, "Service main/voice-api--agent-enabled-#").inputs));
    const workload = only(recorded, "Deployment main/voice-api--agent-enabled-#").name.slice("main/".length);
    expect(metadata.annotations).toEqual({
      "pulumi.com/patchFieldManager": "sluice",
      "pulumi.com/skipAwait": "true",
      "sluice/flags": "AGENT_ENABLED",
    });
    expect(spec).toEqual({
      selector: { "sluice/workload": workload },
      ports: [
        { name: "http", port: 80, targetPort: 9090 },
        ...[1, 2, 3, 4, 5].map((bucket) => ({ name: `bucket-${bucket}`, port: 8000 + bucket, targetPort: 9090 })),
      ],
    });
  });

  it("is open to Traefik alone, by whatever port pods of this change or the one before listen on", async () => {
    const policyWith = async (port: number): Promise<unknown> => {
      const services = { "voice-api": { image: "voice:1", port }, "billing-api": { image: "billing:1" } };
      const traefik = { namespace: "edge", podLabels: { app: "traefik" } };
      return specOf(await deployStage(FLAGS, kubernetesInput({ services, traefik })), "NetworkPolicy main/sluice-only-from-traefik");
    };
    const policy = await policyWith(8080);
    expect(policy).toEqual({
      podSelector: { matchLabels: { "sluice/stage": "dev" } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "edge" } }, podSelector: { matchLabels: { app: "traefik" } } }],
        },
      ],
    });
    expect(await policyWith(9090)).toEqual(policy);
  });

  it("is not waited for on a cluster without nodes", async () => {
    const recorded = await deployStage(FLAGS, kubernetesInput({ wait: false }));
    for (const kind of ["ReadyPods", "RoutingTaken"]) expect(byKind(recorded)).not.toHaveProperty(kind);
    const waited = recorded.filter(({ type, inputs }) => type.startsWith("kubernetes:") && !JSON.stringify(inputs).includes('"pulumi.com/skipAwait":"true"'));
    expect(waited.map(({ id }) => id)).toEqual([]);
  });

  it("has flagd's document beside it, in a ConfigMap that changes", async () => {
    const { inputs } = only(await deployStage(FLAGS), `ConfigMap main/${FLAGD}`);
    expect(inputs).not.toHaveProperty("immutable");
    const { data } = JSON.parse(JSON.stringify(inputs));
    expect(JSON.parse(String(data["flags.json"])).flags).toHaveProperty("AGENT_ENABLED");
  });
});
