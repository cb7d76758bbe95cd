import { type Api, ApiError } from "./api.ts";
import type { Pod } from "./pod.ts";

export const NODE = "test-node";

/** Makes the node known, with room for everything. @throws ApiError */
export async function registerNode(api: Api): Promise<void> {
  await api.post("/api/v1/nodes", { metadata: { name: NODE, labels: { "kubernetes.io/hostname": NODE } } });
  const condition = { type: "Ready", status: "True", reason: "KubeletReady", message: "the test node is ready" };
  const size = { cpu: "1000", memory: "1000Gi", pods: "100000" };
  await api.patch(`/api/v1/nodes/${NODE}/status`, { status: { conditions: [condition], capacity: size, allocatable: size } });
}

/** Gives a pod to the node. @throws ApiError */
export async function bind(api: Api, pod: Pod): Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  await api.post(`${pathOf(pod)}/binding`, { metadata: { name, namespace, uid }, target: { apiVersion: "v1", kind: "Node", name: NODE } });
}

/** States of a container whose image cannot be pulled; the events about them have another reason. */
const IMAGE_REASONS = ["ErrImagePull", "ImagePullBackOff"];

/** Writes an event about a pod, as a kubelet does; in a namespace that is ending none can be written. */
export async function tellOf(api: Api, pod: Pod, reason: string, message: string): Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  const now = new Date().toISOString();
  const event = {
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { kind: "Pod", apiVersion: "v1", name, namespace, uid },
    type: "Warning",
    reason: IMAGE_REASONS.includes(reason) ? "Failed" : reason,
    message,
    source: { component: "kubelet", host: NODE },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
  await api.post(`/api/v1/namespaces/${namespace}/events`, event).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
  });
}

export function pathOf(pod: Pod): string {
  return `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
}
