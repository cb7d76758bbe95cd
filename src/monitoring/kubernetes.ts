import type { KubernetesTarget } from "../model/kubernetes-target.ts";
import type { MonitoringDocuments } from "./documents.ts";
import { monitoringResource } from "./resource-name.ts";

/** An object of Kubernetes, as it would be applied, and what Pulumi is to call it. */
export interface MonitoringObject {
  /** Logical name of the resource. */
  readonly resource: string;
  readonly apiVersion: "v1" | "monitoring.coreos.com/v1";
  readonly kind: "ConfigMap" | "PrometheusRule" | "ServiceMonitor";
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec?: object;
  readonly data?: Readonly<Record<string, string>>;
}

export interface KubernetesMonitoring {
  readonly namespace: string;
  /**
   * Labels by which the Prometheus operator picks up rules and monitors. kube-prometheus-stack looks for
   * `release: <name of its Helm release>`, unless told to take all.
   */
  readonly labels: Readonly<Record<string, string>>;
  /** The Service that shows Traefik's metrics; null where something else scrapes it. */
  readonly traefik: {
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    /** Name of its port. */
    readonly port: string;
  } | null;
}

/** As the charts of kube-prometheus-stack and Traefik are set up by default. */
export const KUBERNETES_DEFAULTS = {
  labels: { release: "kube-prometheus-stack" },
  traefik: { namespace: "traefik", labels: { "app.kubernetes.io/name": "traefik" }, port: "metrics" },
} as const;

/** What Grafana's sidecar of kube-prometheus-stack looks for in ConfigMaps. */
const DASHBOARD_LABEL = { grafana_dashboard: "1" } as const;

/** Where the monitoring of a stage is, and what it scrapes. */
export function monitoringPlace({ namespace, traefik }: Pick<KubernetesTarget, "namespace" | "traefik">): KubernetesMonitoring {
  return { namespace, ...KUBERNETES_DEFAULTS, traefik: { ...KUBERNETES_DEFAULTS.traefik, namespace: traefik.namespace, labels: traefik.podLabels } };
}

/**
 * The monitoring of a stage as objects: a PrometheusRule, a ServiceMonitor for Traefik, a ConfigMap for each dashboard.
 * Alertmanager's routes are cluster-wide there, so they are no object: see docs/monitoring.md.
 */
export function monitoringObjects({ stage, rules, dashboards }: MonitoringDocuments, target: KubernetesMonitoring): MonitoringObject[] {
  const named = (name: string, labels: Readonly<Record<string, string>>): MonitoringObject["metadata"] => ({
    name,
    namespace: target.namespace,
    labels: { "app.kubernetes.io/part-of": "sluice", "app.kubernetes.io/managed-by": "sluice", "sluice/stage": stage, ...labels },
  });
  return [
    {
      resource: monitoringResource("rules"),
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: named(`sluice-${stage}`, target.labels),
      spec: rules,
    },
    ...(target.traefik === null ? [] : [serviceMonitor(stage, named(`sluice-${stage}-traefik`, target.labels), target.traefik)]),
    ...Object.entries(dashboards).map(
      ([name, dashboard]): MonitoringObject => ({
        resource: monitoringResource(`dashboard/${name}`),
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: named(`sluice-${stage}-${name}`, DASHBOARD_LABEL),
        data: { [`sluice-${stage}-${name}.json`]: `${JSON.stringify(dashboard, null, 2)}\n` },
      }),
    ),
  ];
}

/** `honorLabels`, because Traefik's own label `service` would otherwise be that of its Kubernetes Service. */
function serviceMonitor(stage: string, metadata: MonitoringObject["metadata"], traefik: NonNullable<KubernetesMonitoring["traefik"]>): MonitoringObject {
  return {
    resource: monitoringResource("traefik"),
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata,
    spec: {
      namespaceSelector: { matchNames: [traefik.namespace] },
      selector: { matchLabels: traefik.labels },
      endpoints: [{ port: traefik.port, path: "/metrics", honorLabels: true, relabelings: [{ targetLabel: "stage", replacement: stage }] }],
    },
  };
}
