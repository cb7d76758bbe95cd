import { join } from "node:path";
import { ask } from "../../../src/net/ask.ts";
import { poll } from "../../../src/net/poll.ts";
import { type Child, startChild, withoutSecrets } from "../../../src/operations/serve/child.ts";
import { HOME } from "../project.ts";
import { freePort } from "../scratch-traefik.ts";
import type { ContainerState } from "./pod.ts";

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
const RUNNING = { kind: "running", ready: true, restarts: 0 } as const;

/** One that is said to run, and does not. */
export function pretend(ready: boolean): Workload {
  return { state: () => ({ ...RUNNING, ready }), port: () => null, pid: () => null, stop: async () => undefined };
}

/**
 * Starts the example service; starts it again when it ends by itself.
 * @param probePath what must answer with a status below 400 before it is ready; null where listening is enough
 * @param onChange is told when its state has become another
 */
export function startWorkload(env: Readonly<Record<string, string>>, probePath: string | null, onChange: () => void): Workload {
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
    void child.ended.then(() => {
      ended.yes = true;
      [running, ready] = [null, false];
      if (stopping) return;
      restarts += 1;
      onChange();
      begun = launch();
    });
    if (!(await poll(async () => ended.yes || (await isReady(port)), READY_LIMIT)) || ended.yes) return;
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
