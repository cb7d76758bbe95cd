import { z } from "zod/mini";

/** Of a Deployment, what tells whether its pods can take visitors. */
export const deploymentSchema = z.object({
  spec: z.object({ selector: z.object({ matchLabels: z._default(z.record(z.string(), z.string()), {}) }) }),
  status: z._default(
    z.object({
      conditions: z._default(
        z.array(z.object({ type: z.string(), status: z.string(), reason: z._default(z.string(), ""), message: z._default(z.string(), "") })),
        [],
      ),
    }),
    { conditions: [] },
  ),
});

const stateSchema = z.object({
  waiting: z.optional(z.object({ reason: z._default(z.string(), ""), message: z._default(z.string(), "") })),
  terminated: z.optional(z.object({ exitCode: z._default(z.number(), 0), reason: z._default(z.string(), "") })),
  running: z.optional(z.unknown()),
});

/** Of a pod, the same. */
export const podSchema = z.object({
  metadata: z.object({ name: z.string(), deletionTimestamp: z.optional(z.string()) }),
  spec: z.object({
    containers: z.array(
      z.object({
        image: z._default(z.string(), ""),
        readinessProbe: z.optional(z.object({ httpGet: z.optional(z.object({ path: z._default(z.string(), "/") })) })),
      }),
    ),
  }),
  status: z._default(
    z.object({
      conditions: z._default(
        z.array(z.object({ type: z.string(), status: z.string(), reason: z._default(z.string(), ""), message: z._default(z.string(), "") })),
        [],
      ),
      containerStatuses: z._default(
        z.array(
          z.object({
            ready: z._default(z.boolean(), false),
            restartCount: z._default(z.number(), 0),
            state: z._default(stateSchema, {}),
            lastState: z._default(stateSchema, {}),
          }),
        ),
        [],
      ),
    }),
    { conditions: [], containerStatuses: [] },
  ),
});

type Deployment = z.output<typeof deploymentSchema>;
type Pod = z.output<typeof podSchema>;

/** Whether a Deployment has the pods that it needs. */
export type Readiness =
  | { readonly kind: "ready"; readonly pods: number }
  | { readonly kind: "waiting"; readonly detail: string }
  /** It will not have them by waiting. */
  | { readonly kind: "failing"; readonly reason: string; readonly wayOut: string; readonly logsOf: string | null };

/** Restarts after which a container is said to crash again and again. */
const CRASHES = 2;

/** Reasons for which a container cannot be made. Source: pkg/kubelet/images and pkg/kubelet/kuberuntime of Kubernetes 1.34. */
const UNPULLABLE = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"];
const UNMAKEABLE = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError"];

/** Judges a Deployment by what the API server has of it and its pods. @param least pods that must be ready */
export function judgeReadiness(deployment: Deployment, pods: readonly Pod[], least: number): Readiness {
  const present = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const ready = present.filter(isReady).length;
  if (ready >= least) return { kind: "ready", pods: ready };
  const count = `${ready} of ${least} pods are ready`;
  return cannotBeMade(deployment) ?? firstOf(present, cannotStart) ?? pastDeadline(deployment, present, count) ?? waiting(present, count);
}

/** What an over-long wait says of the pods that are not ready. */
export function describeUnready(pods: readonly Pod[]): { readonly reason: string; readonly logsOf: string | null } {
  const pod = pods.find((one) => one.metadata.deletionTimestamp === undefined && !isReady(one));
  if (pod === undefined) return { reason: "there are no more pods", logsOf: null };
  const scheduled = pod.status.conditions.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") return { reason: `pod ${pod.metadata.name} has no node: ${scheduled.message}`, logsOf: null };
  if (pod.status.containerStatuses.some(({ state, ready }) => state.running !== undefined && !ready)) {
    return { reason: `pod ${pod.metadata.name} runs, and ${probeOf(pod)} does not succeed`, logsOf: pod.metadata.name };
  }
  return { reason: `pod ${pod.metadata.name} has not started`, logsOf: null };
}

function isReady({ status }: Pod): boolean {
  return status.conditions.some(({ type, status: holds }) => type === "Ready" && holds === "True");
}

function firstOf(pods: readonly Pod[], judge: (pod: Pod) => Readiness | null): Readiness | null {
  for (const pod of pods) {
    const found = judge(pod);
    if (found !== null) return found;
  }
  return null;
}

function cannotBeMade({ status }: Deployment): Readiness | null {
  const failure = status.conditions.find(({ type, status: holds }) => type === "ReplicaFailure" && holds === "True");
  if (failure === undefined) return null;
  const quota = failure.message.includes("exceeded quota");
  return {
    kind: "failing",
    reason: quota ? `the quota of the namespace is exceeded: ${failure.message}` : `its pods cannot be made: ${failure.message}`,
    wayOut: quota
      ? "Raise the quota, or lower replicas or resources of the service: two variants run side by side while one takes over from the other."
      : "Change what the cluster does not allow, in kubernetes.services of the stage.",
    logsOf: null,
  };
}

function cannotStart(pod: Pod): Readiness | null {
  const [container] = pod.spec.containers;
  const fail = (reason: string, wayOut: string, hasLogs = false): Readiness => ({
    kind: "failing",
    reason,
    wayOut,
    logsOf: hasLogs ? pod.metadata.name : null,
  });
  for (const { state, lastState, restartCount } of pod.status.containerStatuses) {
    const reason = state.waiting?.reason ?? "";
    if (UNPULLABLE.includes(reason)) {
      return fail(
        `the image ${container?.image ?? ""} cannot be pulled (${reason}: ${state.waiting?.message ?? ""})`,
        "See that the image is there, and that imagePullSecrets of the service may read it.",
      );
    }
    if (UNMAKEABLE.includes(reason))
      return fail(`its container cannot be made (${reason}: ${state.waiting?.message ?? ""})`, "Change it in kubernetes.services of the stage.");
    if (reason === "CrashLoopBackOff" || (restartCount >= CRASHES && state.running === undefined)) {
      const ended = lastState.terminated ?? state.terminated;
      const how = ended === undefined ? "" : ended.reason === "OOMKilled" ? ", for want of memory" : `, with exit code ${ended.exitCode}`;
      return fail(`its process ends again and again${how} (${restartCount} times in pod ${pod.metadata.name})`, "See why it ends.", true);
    }
  }
  return null;
}

function pastDeadline({ status }: Deployment, pods: readonly Pod[], count: string): Readiness | null {
  const progressing = status.conditions.find(({ type }) => type === "Progressing");
  if (progressing?.status !== "False" || progressing.reason !== "ProgressDeadlineExceeded") return null;
  const { reason, logsOf } = describeUnready(pods);
  return { kind: "failing", reason: `${count}, and there is no progress: ${reason}`, wayOut: "See why, and run it again.", logsOf };
}

function waiting(pods: readonly Pod[], count: string): Readiness {
  const unscheduled = pods.find(({ status }) => status.conditions.some(({ type, status: holds }) => type === "PodScheduled" && holds === "False"));
  return { kind: "waiting", detail: unscheduled === undefined ? count : `${count}; ${describeUnready([unscheduled]).reason}` };
}

function probeOf({ spec }: Pod): string {
  const path = spec.containers[0]?.readinessProbe?.httpGet?.path;
  return path === undefined ? "its readiness probe" : `its readiness probe of ${path}`;
}
