import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How long a process may take to end after SIGTERM before it is killed, in milliseconds. */
const GRACE = 10_000;

export interface Child {
  readonly pid: number;
  /** Resolves with the exit code, or null when a signal ended it or it could not start. */
  readonly ended: Promise<number | null>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
}

/** An environment without what only the engine and the operations may know. */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(PULUMI_(CONFIG_PASSPHRASE|ACCESS_TOKEN)|SLUICE_WEBHOOK_URL)/.test(name)));
}

/**
 * Starts a process in a group of its own, so that a Ctrl-C reaches us alone, and we end things in order. Its standard input is a pipe that ends with ours, so that it can notice
 * that we are gone.
 */
export function startChild(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly onLine: (line: string) => void },
): Child {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: ["pipe", "pipe", "pipe"], detached: true });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", options.onLine);
  const ended = new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      options.onLine(`cannot start ${program}: ${error.message}`);
      resolve(null);
    });
    child.once("exit", (code) => resolve(code));
  });
  return { pid: child.pid ?? 0, ended, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<number | null>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill("SIGTERM");
  const { pid } = child;
  const timer = setTimeout(() => process.kill(-pid, "SIGKILL"), GRACE);
  await ended;
  clearTimeout(timer);
}
