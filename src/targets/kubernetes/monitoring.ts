import type { KubernetesTarget } from "../../model/kubernetes-target.ts";
import type { MonitoringDocuments } from "../../monitoring/documents.ts";
import { monitoringObjects, monitoringPlace } from "../../monitoring/kubernetes.ts";
import type * as pulumi from "../../pulumi.ts";
import { metadataOf, type ObjectHome } from "./metadata.ts";
import { ConfigMap, CustomObject } from "./sdk.ts";

/** The monitoring of a stage as objects of a cluster. Nothing waits for them. */
export function makeMonitoring(
  home: ObjectHome,
  cluster: string,
  target: KubernetesTarget,
  documents: MonitoringDocuments,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const { resource, apiVersion, kind, metadata: own, spec, data } of monitoringObjects(documents, monitoringPlace(target))) {
    const metadata = metadataOf(home, own.name, null, { labels: own.labels });
    if (kind === "ConfigMap") new ConfigMap(`${resource}@${cluster}`, { metadata, data: { ...data } }, opts);
    else new CustomObject(`${resource}@${cluster}`, { apiVersion, kind, metadata, spec }, opts);
  }
}
