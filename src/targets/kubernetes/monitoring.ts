import type { KubernetesTarget } from "../../model/kubernetes-target.ts";
import type { MonitoringDocuments } from "../../monitoring/documents.ts";
import { KUBERNETES_DEFAULTS, monitoringObjects } from "../../monitoring/kubernetes.ts";
import type * as pulumi from "../../pulumi.ts";
import { metadataOf, type ObjectHome } from "./metadata.ts";
import { ConfigMap, CustomObject } from "./sdk.ts";

/** The monitoring of a stage as objects of a cluster. Nothing waits for them. */
export function makeMonitoring(
  home: ObjectHome,
  cluster: string,
  { traefik }: KubernetesTarget,
  documents: MonitoringDocuments,
  opts: pulumi.CustomResourceOptions,
): void {
  const place = {
    namespace: home.namespace,
    ...KUBERNETES_DEFAULTS,
    traefik: { ...KUBERNETES_DEFAULTS.traefik, namespace: traefik.namespace, labels: traefik.podLabels },
  };
  for (const { resource, apiVersion, kind, metadata: own, spec, data } of monitoringObjects(documents, place)) {
    const metadata = metadataOf(home, own.name, null, { labels: own.labels });
    if (kind === "ConfigMap") new ConfigMap(`${resource}@${cluster}`, { metadata, data: { ...data } }, opts);
    else new CustomObject(`${resource}@${cluster}`, { apiVersion, kind, metadata, spec }, opts);
  }
}
