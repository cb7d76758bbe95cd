import { join } from "node:path";
import { ask } from "../../../src/net/ask.ts";
import { poll } from "../../../src/net/poll.ts";
import { type Child, startChild, withoutSecrets } from "../../../src/operations/serve/child.ts";
import { HOME } from "../project.ts";
import { freePort } from "../scratch-traefik.ts";
import type { ContainerState, Play } from "./pod.ts";

/** The process that stands for all pods of one ReplicaSet: they are the same program with the same environment. */
export interface Workload {
  state(): ContainerState;
  /** Port of loopback on which the process listens; null while it does not run. */
  port(): number | null;
  pid(): number | null;
  /** Tells it to end, and waits until it has. */
  stop(): Promise<void>;
}

/** How long a process may take to answer its readiness probe, in milliseconds; it stays unready after that. */
const READY_LIMIT = 30_000;
type Environment = Readonly<Record<string, string>>;

/** How long a process with a slow start takes to be ready at least, in milliseconds. */
const SLOW_START = 2_000;

/** Starts what stands for pods of an image; an image that cannot be pulled is never started. The rest is as for `startWorkload`. */
export function startPlay(play: Exclude<Play, "unpullable">, env: Environment, probePath: string | null, onChange: () => void): Workload {
  switch (play) {
    case "service":
      return startWorkload({ env, probePath, slowness: 0 }, onChange);
    case "slow-start":
      return startWorkload({ env, probePath, slowness: SLOW_START }, onChange);
    case "never-ready":
      return pretend(false);
    case "no-process":
      return pretend(true);
    default:
      return play satisfies never;
  }
}

function pretend(ready: boolean): Workload {
  return { state: () => ({ kind: "running", ready, restarts: 0 }), port: () => null, pid: () => null, stop: async () => undefined };
}

interface WorkloadOptions {
  readonly env: Environment;
  /** What must answer with a status below 400 before it is ready; null where listening is enough. */
  readonly probePath: string | null;
  /** Milliseconds after its start before which it is not ready. */
  readonly slowness: number;
}

/**
 * Starts the example service; starts it again when it ends by itself.
 * @param onChange is told when its state has become another
 */
function startWorkload({ env, probePath, slowness }: WorkloadOptions, onChange: () => void): Workload {
  let running: { child: Child; port: number } | null = null;
  let [ready, restarts, stopping] = [false, 0, false];
  const isReady = async (port: number): Promise<boolean> => {
    const { status } = await ask(`http://127.0.0.1:${port}`, { path: probePath ?? "/" });
    return probePath === null ? status > 0 : status >= 200 && status < 400;
  };
  const launch = async (): Promise<void> => {
    const port = await freePort();
    if (stopping) return;
    const child = startChild([process.execPath, join(HOME, "examples", "service.ts")], {
      cwd: HOME,
      env: { ...withoutSecrets(process.env), ...env, PORT: String(port) },
      onLine: () => undefined,
    });
    running = { child, port };
    const ended = { yes: false };
    const from = performance.now() + slowness;
    void child.ended.then(() => {
      ended.yes = true;
      [running, ready] = [null, false];
      if (stopping) return;
      restarts += 1;
      onChange();
      begun = launch();
    });
    if (!(await poll(async () => ended.yes || (performance.now() >= from && (await isReady(port))), READY_LIMIT)) || ended.yes) return;
    ready = true;
    onChange();
  };
  let begun = launch();
  return {
    state: () => ({ kind: "running", ready, restarts }),
    port: () => (ready ? (running?.port ?? null) : null),
    pid: () => running?.child.pid ?? null,
    async stop() {
      stopping = true;
      await running?.child.stop();
      await begun;
    },
  };
}
