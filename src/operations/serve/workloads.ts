import { type FSWatcher, watch } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseEnv } from "node:util";
import { listens } from "../../net/listens.ts";
import { poll } from "../../net/poll.ts";
import { type Child, startChild, withoutSecrets } from "./child.ts";
import type { OnServeEvent } from "./events.ts";

/** How long a removed workload goes on, in milliseconds: requests that chose it a moment before are on their way. */
const DRAIN = 500;
/** First and longest wait before a failed workload is started again, in milliseconds. */
const RETRY_FIRST = 200;
const RETRY_LAST = 5_000;
/** How long the first workloads may take to listen, in milliseconds. */
const START_LIMIT = 10_000;
/** The folder is also looked at this often, in milliseconds, where its changes go unnoticed. */
const LOOK_EVERY = 1_000;

interface Running {
  readonly content: string;
  child: Child | null;
  stopping: boolean;
  failures: number;
  retry: NodeJS.Timeout | null;
}

export interface Workloads {
  stop(): Promise<void>;
}

/**
 * Keeps one process running for each env file of a folder: started when the file comes, ended after it
 * goes, started again when it changes or the process fails.
 * Resolves once the processes of the files that are there listen, or have had the time to.
 * @param commandOf the command of a service; empty when something else runs it
 */
export async function runWorkloads(
  options: { readonly stage: string; readonly folder: string; readonly cwd: string; readonly commandOf: (service: string) => Promise<readonly string[]> },
  onEvent: OnServeEvent,
): Promise<Workloads> {
  const { stage, folder, cwd, commandOf } = options;
  const running = new Map<string, Running>();
  const draining = new Set<Promise<void>>();
  let closed = false;

  const start = async (workload: string, entry: Running): Promise<void> => {
    const env = parseEnv(entry.content);
    const command = await commandOf(env["SLUICE_SERVICE"] ?? "");
    if (entry.stopping || closed) return;
    if (command.length === 0) {
      onEvent({ kind: "unmanaged", stage, workload });
      return;
    }
    const child = startChild(command, {
      cwd,
      env: { ...withoutSecrets(process.env), ...env, PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}` },
      onLine: (line) => onEvent({ kind: "output", stage, workload, line }),
    });
    entry.child = child;
    onEvent({ kind: "started", stage, workload, pid: child.pid });
    void child.ended.then((code) => {
      entry.child = null;
      if (entry.stopping || closed) return;
      const retryIn = Math.min(RETRY_LAST, RETRY_FIRST * 2 ** entry.failures);
      entry.failures += 1;
      onEvent({ kind: "failed", stage, workload, code, retryIn });
      entry.retry = setTimeout(() => void start(workload, entry), retryIn);
    });
  };

  const end = async (workload: string, entry: Running, drain: boolean): Promise<void> => {
    entry.stopping = true;
    if (entry.retry !== null) clearTimeout(entry.retry);
    if (drain) await sleep(DRAIN);
    await entry.child?.stop();
    onEvent({ kind: "stopped", stage, workload });
  };

  const look = async (): Promise<void> => {
    // What cannot be read for a moment is not gone: the next look will see.
    const wanted = await readEnvFiles(folder).catch(() => null);
    if (wanted === null) return;
    for (const [workload, entry] of running) {
      if (wanted.get(workload) === entry.content) continue;
      running.delete(workload);
      const ended = end(workload, entry, !wanted.has(workload));
      draining.add(ended);
      void ended.finally(() => draining.delete(ended));
      // A changed workload takes the port of the one before it; a removed one may finish at its leisure.
      if (wanted.has(workload)) await ended;
    }
    for (const [workload, content] of wanted) {
      if (closed || running.has(workload)) continue;
      const entry: Running = { content, child: null, stopping: false, failures: 0, retry: null };
      running.set(workload, entry);
      await start(workload, entry);
    }
  };

  await mkdir(folder, { recursive: true });
  const looks = serialize(look);
  const watcher: FSWatcher = watch(folder, () => void looks());
  watcher.on("error", () => undefined);
  const timer = setInterval(() => void looks(), LOOK_EVERY);
  await looks();
  await awaitListening([...running.values()].filter((entry) => entry.child !== null).map((entry) => entry.content));
  return {
    async stop() {
      closed = true;
      watcher.close();
      clearInterval(timer);
      await looks();
      await Promise.all([...draining, ...[...running].map(([workload, entry]) => end(workload, entry, false))]);
    },
  };
}

/** Runs a task after itself, never beside itself. */
function serialize(task: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(task, task);
    return last;
  };
}

async function awaitListening(envFiles: readonly string[]): Promise<void> {
  const urls = envFiles.map((content) => `http://127.0.0.1:${parseEnv(content)["PORT"] ?? ""}`);
  await poll(async () => (await Promise.all(urls.map(listens))).every((up) => up), START_LIMIT);
}

async function readEnvFiles(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const names = await readdir(folder);
  for (const name of names.filter((file) => file.endsWith(".env"))) {
    files.set(name.slice(0, -".env".length), await readFile(join(folder, name), "utf8"));
  }
  return files;
}
