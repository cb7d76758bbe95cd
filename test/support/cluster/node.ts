import { setTimeout as sleep } from "node:timers/promises";
import { type Api, ApiError } from "./api.ts";
import { environmentOf } from "./environment.ts";
import { startMirror } from "./mirror.ts";
import { bind, NODE, pathOf, registerNode, tellOf } from "./node-reports.ts";
import { type ContainerState, type Pod, playOf, podSchema, statusOf, unpulled } from "./pod.ts";
import { startPlay, type Workload } from "./workload.ts";

/**
 * Scheduler and kubelet of the one node of a test cluster. All pods of a ReplicaSet share one process of
 * this machine. Pods are never dialled: the test cluster's proxy leads to the processes.
 */
export interface TestNode {
  /** Port of loopback behind a pod, by the pod's UID; null where nothing listens. */
  readonly portOf: (uid: string) => number | null;
  /** The processes that run, with their pods. */
  readonly processes: () => readonly PodProcess[];
  readonly stop: () => Promise<void>;
}

export interface PodProcess {
  readonly pid: number;
  readonly namespace: string;
  /** Names of the pods that it stands for. */
  readonly pods: readonly string[];
}

/** How long until what could not be done yet is tried again, in milliseconds. */
const RETRY = 250;

/** What the node knows of a pod. */
interface Kept {
  readonly ip: string;
  readonly started: string;
  readonly group: string;
  /** The status that the API server has of it. */
  reported: string;
  /** Why its container cannot be started; null when it was. */
  waiting: ContainerState | null;
  busy: boolean;
  ending: boolean;
}

export async function startTestNode(api: Api): Promise<TestNode> {
  await registerNode(api);
  const kept = new Map<string, Kept>();
  const workloads = new Map<string, Workload>();
  const tasks = new Set<Promise<void>>();
  const stopped = new AbortController();
  let addresses = 0;
  let soon: NodeJS.Timeout | undefined;

  const look = (): void => {
    if (stopped.signal.aborted) return;
    for (const [uid, pod] of mirror.objects) {
      const own = kept.get(uid) ?? keep(uid, pod);
      if (own.busy || isSettled(pod, own)) continue;
      own.busy = true;
      const task = attend(uid, pod, own).finally(() => {
        own.busy = false;
        tasks.delete(task);
      });
      tasks.add(task);
    }
    for (const [uid, own] of kept) {
      if (mirror.objects.has(uid)) continue;
      kept.delete(uid);
      void endIfLast(own.group);
    }
  };
  /** Many changes at once are looked at once. */
  const lookSoon = (): void => {
    clearTimeout(soon);
    soon = setTimeout(look, 10);
  };
  /** Whether the API server knows of a pod what there is to know. */
  const isSettled = (pod: Pod, own: Kept): boolean => {
    const workload = workloads.get(own.group);
    return pod.metadata.deletionTimestamp === undefined && workload !== undefined && JSON.stringify(workload.state()) === own.reported;
  };
  const keep = (uid: string, pod: Pod): Kept => {
    addresses += 1;
    const group = pod.metadata.ownerReferences.find((owner) => owner.controller === true)?.uid ?? uid;
    const own = {
      ip: `198.18.${addresses >> 8}.${addresses & 255}`,
      started: new Date().toISOString(),
      group,
      reported: "",
      waiting: null,
      busy: false,
      ending: false,
    };
    kept.set(uid, own);
    return own;
  };
  const attend = async (uid: string, pod: Pod, own: Kept): Promise<void> => {
    try {
      if (pod.metadata.deletionTimestamp !== undefined) await end(uid, pod, own);
      else if (pod.spec.nodeName === undefined) await bind(api, pod);
      else if (pod.spec.nodeName === NODE) await run(pod, own);
    } catch (error) {
      // Gone, changed meanwhile, or the API server is away: the next look sees how it is.
      if (!(error instanceof ApiError) || ![0, 404, 409, 429, 500, 503].includes(error.status)) throw error;
    }
  };
  const run = async (pod: Pod, own: Kept): Promise<void> => {
    const workload = workloads.get(own.group) ?? (await begin(pod, own));
    const state = workload?.state() ?? own.waiting;
    if (state === null) return;
    const report = JSON.stringify(state);
    if (report === own.reported) return;
    await api.patch(`${pathOf(pod)}/status`, { status: statusOf(pod, state, own.ip, own.started) });
    if (state.kind === "waiting" && state.message !== "") await tellOf(api, pod, state.reason, state.message);
    own.reported = report;
  };
  const begin = async (pod: Pod, own: Kept): Promise<Workload | null> => {
    const [container] = pod.spec.containers;
    const play = playOf(container.image);
    if (play === "unpullable") {
      own.waiting = unpulled(container.image, Date.now() - Date.parse(own.started));
      return null;
    }
    const environment = await environmentOf(api, pod, container);
    if (!environment.ok) {
      own.waiting = { kind: "waiting", reason: "CreateContainerConfigError", message: environment.reason };
      return null;
    }
    // Another pod of the same group may have begun meanwhile.
    const present = workloads.get(own.group);
    if (present !== undefined) return present;
    const probePath = container.readinessProbe?.httpGet?.path ?? null;
    const workload = startPlay(play, environment.env, probePath, lookSoon);
    workloads.set(own.group, workload);
    return workload;
  };
  const end = async (uid: string, pod: Pod, own: Kept): Promise<void> => {
    if (own.reported !== "" && !own.ending) {
      const pause = pod.spec.containers[0].lifecycle?.preStop?.sleep?.seconds ?? 0;
      await sleep(Math.min(pause, pod.spec.terminationGracePeriodSeconds) * 1_000, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
    own.ending = true;
    await endIfLast(own.group);
    await api.remove(pathOf(pod), { gracePeriodSeconds: 0, preconditions: { uid } });
  };
  /** Ends the process of a group that has no pod left but those that are ending. */
  const endIfLast = async (group: string): Promise<void> => {
    if ([...kept.values()].some((own) => own.group === group && !own.ending)) return;
    const workload = workloads.get(group);
    workloads.delete(group);
    await workload?.stop();
  };

  const mirror = startMirror(api, "/api/v1/pods", podSchema, lookSoon);
  const timer = setInterval(look, RETRY);
  return {
    portOf: (uid) => workloads.get(kept.get(uid)?.group ?? "")?.port() ?? null,
    processes: () =>
      [...workloads].flatMap(([group, workload]) => {
        const pid = workload.pid();
        const pods = [...mirror.objects].filter(([uid]) => kept.get(uid)?.group === group).map(([, pod]) => pod.metadata);
        const [first] = pods;
        return pid === null || first === undefined ? [] : [{ pid, namespace: first.namespace, pods: pods.map((pod) => pod.name) }];
      }),
    async stop() {
      stopped.abort();
      clearInterval(timer);
      clearTimeout(soon);
      await mirror.stop();
      await Promise.all([...workloads.values()].map((workload) => workload.stop()));
      await Promise.all(tasks);
    },
  };
}
