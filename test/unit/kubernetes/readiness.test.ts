import { describe, expect, it } from "vitest";
import { deploymentSchema, describeUnready, judgeReadiness, podSchema } from "../../../src/kubernetes/readiness.ts";

function deployment(...conditions: readonly object[]) {
  return deploymentSchema.parse({ spec: { selector: { matchLabels: { app: "a" } } }, status: { conditions } });
}

interface PodLook {
  readonly ready?: boolean;
  readonly state?: object;
  readonly lastState?: object;
  readonly restartCount?: number;
  readonly conditions?: readonly object[];
  readonly deleted?: boolean;
}

function pod(name: string, { ready = false, state = { running: {} }, lastState = {}, restartCount = 0, conditions = [], deleted = false }: PodLook = {}) {
  return podSchema.parse({
    metadata: { name, ...(deleted ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}) },
    spec: { containers: [{ image: "example/a:1", readinessProbe: { httpGet: { path: "/healthz" } } }] },
    status: {
      conditions: [...conditions, { type: "Ready", status: ready ? "True" : "False" }],
      containerStatuses: [{ ready, restartCount, state, lastState }],
    },
  });
}

const waiting = (reason: string, message = "") => ({ waiting: { reason, message } });

describe("the readiness of a Deployment", () => {
  it("is there once enough pods are ready, and not before", () => {
    const pods = [pod("a", { ready: true }), pod("b", { ready: true }), pod("c")];
    expect(judgeReadiness(deployment(), pods, 2)).toEqual({ kind: "ready", pods: 2 });
    expect(judgeReadiness(deployment(), pods, 3)).toEqual({ kind: "waiting", detail: "2 of 3 pods are ready" });
  });

  it("does not count pods that are ending", () => {
    expect(judgeReadiness(deployment(), [pod("a", { ready: true, deleted: true })], 1)).toEqual({ kind: "waiting", detail: "0 of 1 pods are ready" });
  });

  it("needs nothing but ready pods, whatever conditions say", () => {
    const failure = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" };
    expect(judgeReadiness(deployment(failure), [pod("a", { ready: true })], 1).kind).toBe("ready");
  });

  it.each([
    [
      "an exceeded quota",
      [{ type: "ReplicaFailure", status: "True", message: "pods is forbidden: exceeded quota: few" }],
      [],
      "the quota of the namespace is exceeded: pods is forbidden: exceeded quota: few",
      null,
    ],
    [
      "a refused pod",
      [{ type: "ReplicaFailure", status: "True", message: 'violates PodSecurity "restricted:latest"' }],
      [],
      'its pods cannot be made: violates PodSecurity "restricted:latest"',
      null,
    ],
    [
      "an image that cannot be pulled",
      [],
      [pod("a", { state: waiting("ImagePullBackOff", "not found") })],
      "the image example/a:1 cannot be pulled (ImagePullBackOff: not found)",
      null,
    ],
    [
      "a container that cannot be made",
      [],
      [pod("a", { state: waiting("CreateContainerConfigError", 'configmap "x" not found') })],
      'its container cannot be made (CreateContainerConfigError: configmap "x" not found)',
      null,
    ],
    [
      "a crash loop",
      [],
      [pod("a", { state: waiting("CrashLoopBackOff"), lastState: { terminated: { exitCode: 3, reason: "Error" } }, restartCount: 4 })],
      "its process ends again and again, with exit code 3 (4 times in pod a)",
      "a",
    ],
    [
      "too little memory",
      [],
      [pod("a", { state: { terminated: { exitCode: 137, reason: "OOMKilled" } }, restartCount: 2 })],
      "its process ends again and again, for want of memory (2 times in pod a)",
      "a",
    ],
    [
      "a deadline that is over",
      [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
      [pod("a")],
      "0 of 2 pods are ready, and there is no progress: pod a runs, and its readiness probe of /healthz does not succeed",
      "a",
    ],
  ])("will not come by waiting with %s", (_title, conditions, pods, reason, logsOf) => {
    expect(judgeReadiness(deployment(...conditions), pods, 2)).toMatchObject({ kind: "failing", reason, logsOf });
  });

  it("waits for a node, and says so", () => {
    const unscheduled = pod("a", { state: {}, conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }] });
    expect(judgeReadiness(deployment(), [unscheduled], 1)).toEqual({
      kind: "waiting",
      detail: "0 of 1 pods are ready; pod a has no node: 0/3 nodes are available",
    });
  });

  it("knows of no pods at all", () => {
    expect(describeUnready([])).toEqual({ reason: "there are no more pods", logsOf: null });
  });
});
