import { STAGE_LABEL, VARIANT_LABEL, WORKLOAD_LABEL } from "../../kubernetes/labels.ts";
import { SERVICE_ACCOUNT } from "../../kubernetes/names.ts";
import type { Workload } from "../../kubernetes/workloads.ts";
import { metadataOf, type ObjectHome } from "./metadata.ts";
import type { inputs } from "./sdk.ts";

/** Seconds beyond the drain that a process has to end. */
const GRACE = 30;

/** The labels by which the pods of a workload are found. */
export function podSelector({ name }: Pick<Workload, "name">): Record<string, string> {
  return { [WORKLOAD_LABEL]: name };
}

/**
 * The spec of a workload's Deployment: the restricted Pod Security Standard, spread over nodes and zones, and a pause
 * before the end in which Traefik learns that the pod goes.
 */
export function deploymentSpec(home: ObjectHome, workload: Workload): inputs.apps.v1.DeploymentSpec {
  const { deployed, name, service, variant } = workload;
  const labels = { ...metadataOf(home, name, service).labels, ...podSelector(workload), ...(variant === null ? {} : { [VARIANT_LABEL]: variant }) };
  const drain = Math.ceil(deployed.drain / 1000);
  return {
    ...(deployed.autoscaling === null ? { replicas: deployed.replicas } : {}),
    selector: { matchLabels: podSelector(workload) },
    progressDeadlineSeconds: 120,
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: deployed.serviceAccount ?? SERVICE_ACCOUNT,
        automountServiceAccountToken: deployed.serviceAccount !== null,
        ...(deployed.imagePullSecrets.length === 0 ? {} : { imagePullSecrets: deployed.imagePullSecrets.map((secret) => ({ name: secret })) }),
        securityContext: { runAsNonRoot: true, runAsUser: deployed.user, seccompProfile: { type: "RuntimeDefault" } },
        terminationGracePeriodSeconds: drain + GRACE,
        topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) => ({
          maxSkew: 1,
          topologyKey,
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: podSelector(workload) },
        })),
        containers: [container(workload, drain)],
        volumes: [{ name: "tmp", emptyDir: {} }],
      },
    },
  };
}

/** Everything that makes pods of one stage stand apart from those of others in their namespace. */
export function stagePods({ stage }: ObjectHome): Record<string, string> {
  return { [STAGE_LABEL]: stage };
}

function container({ deployed, name, service }: Workload, drain: number): inputs.core.v1.Container {
  const probe = { httpGet: { path: deployed.probePath, port: "http" } };
  const { requests, limits } = deployed.resources;
  return {
    name: service,
    image: deployed.image,
    ...(deployed.command.length === 0 ? {} : { command: [...deployed.command] }),
    ...(deployed.args.length === 0 ? {} : { args: [...deployed.args] }),
    ports: [{ name: "http", containerPort: deployed.port }],
    envFrom: [{ configMapRef: { name } }],
    resources: {
      ...(Object.keys(requests).length === 0 ? {} : { requests: { ...requests } }),
      ...(Object.keys(limits).length === 0 ? {} : { limits: { ...limits } }),
    },
    readinessProbe: { ...probe, periodSeconds: 2, failureThreshold: 2 },
    livenessProbe: { ...probe, initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 6 },
    ...(drain === 0 ? {} : { lifecycle: { preStop: { sleep: { seconds: drain } } } }),
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
}
