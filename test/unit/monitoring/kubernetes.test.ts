import { describe, expect, it } from "vitest";
import { monitoringDocuments } from "../../../src/monitoring/documents.ts";
import { KUBERNETES_DEFAULTS, monitoringObjects } from "../../../src/monitoring/kubernetes.ts";
import { isMonitoringResource } from "../../../src/monitoring/resource-name.ts";
import { monitoringInput } from "../../support/monitoring.ts";

describe("monitoring on Kubernetes", () => {
  const documents = monitoringDocuments(monitoringInput());
  const objects = monitoringObjects(documents, { namespace: "shop", ...KUBERNETES_DEFAULTS });

  it("is these objects, all of them known as monitoring", () => {
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      "PrometheusRule shop/sluice-production",
      "ServiceMonitor shop/sluice-production-traefik",
      "ConfigMap shop/sluice-production-stage",
      "ConfigMap shop/sluice-production-flag-agent-enabled",
      "ConfigMap shop/sluice-production-flag-transcripts-enabled",
    ]);
    expect(objects.map(({ resource }) => isMonitoringResource(resource))).toEqual(objects.map(() => true));
  });

  it("has labels by which kube-prometheus-stack finds each", () => {
    expect(objects.map(({ metadata: { labels } }) => labels["release"] ?? labels["grafana_dashboard"])).toEqual([
      "kube-prometheus-stack",
      "kube-prometheus-stack",
      "1",
      "1",
      "1",
    ]);
  });

  it("keeps Traefik's label service, and adds the stage", () => {
    expect(objects[1]?.spec).toEqual({
      namespaceSelector: { matchNames: ["traefik"] },
      selector: { matchLabels: { "app.kubernetes.io/name": "traefik" } },
      endpoints: [{ port: "metrics", path: "/metrics", honorLabels: true, relabelings: [{ targetLabel: "stage", replacement: "production" }] }],
    });
  });

  it("has the same rules as elsewhere, and no monitor where something else scrapes Traefik", () => {
    expect(objects[0]?.spec).toBe(documents.rules);
    expect(monitoringObjects(documents, { namespace: "shop", labels: {}, traefik: null }).map(({ kind }) => kind)).not.toContain("ServiceMonitor");
  });
});
