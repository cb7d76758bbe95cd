import { z } from "zod";

const environmentVariable = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .object({
      configMapKeyRef: z.object({ name: z.string(), key: z.string() }).optional(),
      fieldRef: z.object({ fieldPath: z.enum(["metadata.name", "metadata.namespace"]) }).optional(),
    })
    .optional(),
});

const container = z.object({
  name: z.string(),
  image: z.string(),
  env: z.array(environmentVariable).default([]),
  envFrom: z
    .array(z.object({ prefix: z.string().default(""), configMapRef: z.object({ name: z.string(), optional: z.boolean().default(false) }) }))
    .default([]),
  readinessProbe: z.object({ httpGet: z.object({ path: z.string().default("/") }).optional() }).optional(),
  lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.number() }).optional() }).optional() }).optional(),
});

/** A pod as far as the test node runs it: one container, environment from values and ConfigMaps, an HTTP probe, a preStop sleep. */
export const podSchema = z.object({
  metadata: z.object({
    uid: z.string(),
    name: z.string(),
    namespace: z.string(),
    deletionTimestamp: z.string().optional(),
    ownerReferences: z.array(z.object({ uid: z.string(), controller: z.boolean().optional() })).default([]),
  }),
  spec: z.object({
    nodeName: z.string().optional(),
    terminationGracePeriodSeconds: z.number().default(30),
    containers: z.tuple([container], container),
  }),
  status: z.object({ podIP: z.string().optional() }).default({}),
});

export type Pod = z.output<typeof podSchema>;
export type Container = Pod["spec"]["containers"][0];

/** The images that the test node plays a fault for, by the last part of their name. */
const PLAYS = {
  /** Cannot be pulled. */
  unpullable: "unpullable",
  /** Runs, and is never ready. */
  neverReady: "never-ready",
  /** Is the example service, ready after two seconds. */
  slowStart: "slow-start",
  /** Is said to run and to be ready; no process stands for it. */
  noProcess: "no-process",
} as const;

export type Play = (typeof PLAYS)[keyof typeof PLAYS] | "service";

/** How the test node treats an image: `registry.example/unpullable:1` cannot be pulled, and so on; any other is the example service, whatever its command. */
export function playOf(image: string): Play {
  const name = image.split("/").at(-1)?.split(/[:@]/)[0];
  return Object.values(PLAYS).find((play) => play === name) ?? "service";
}

/** The state of a pod's container. */
export type ContainerState =
  | { readonly kind: "waiting"; readonly reason: string; readonly message: string }
  | { readonly kind: "running"; readonly ready: boolean; readonly restarts: number };

/**
 * The states of a container whose image is not to be had, as a kubelet goes through them.
 * @param age milliseconds since the pod's start
 */
export function unpulled(image: string, age: number): ContainerState {
  if (age < 300) return { kind: "waiting", reason: "ContainerCreating", message: "" };
  if (age < 1_000) return { kind: "waiting", reason: "ErrImagePull", message: `failed to pull image "${image}": not found` };
  return { kind: "waiting", reason: "ImagePullBackOff", message: `Back-off pulling image "${image}": not found` };
}

/** The status that a node reports of a pod. @param started moment of the pod's start, in ISO 8601 */
export function statusOf(pod: Pod, state: ContainerState, podIP: string, started: string): object {
  const [{ name, image }] = pod.spec.containers;
  const ready = state.kind === "running" && state.ready;
  const condition = (type: string, holds: boolean): object => ({ type, status: holds ? "True" : "False", lastTransitionTime: started });
  const waiting = state.kind === "waiting" ? { reason: state.reason, message: state.message } : null;
  return {
    phase: state.kind === "running" ? "Running" : "Pending",
    podIP,
    podIPs: [{ ip: podIP }],
    hostIP: "192.0.2.10",
    startTime: started,
    conditions: [
      condition("PodScheduled", true),
      condition("Initialized", true),
      { ...condition("ContainersReady", ready), ...(ready ? {} : { reason: "ContainersNotReady", message: `containers with unready status: [${name}]` }) },
      { ...condition("Ready", ready), ...(ready ? {} : { reason: "ContainersNotReady", message: `containers with unready status: [${name}]` }) },
    ],
    containerStatuses: [
      {
        name,
        image,
        imageID: "",
        ready,
        started: state.kind === "running",
        restartCount: state.kind === "running" ? state.restarts : 0,
        state: waiting === null ? { running: { startedAt: started } } : { waiting },
      },
    ],
  };
}
