import { execa } from "execa";

/** The id of a process that was started. @throws Error where it did not start */
export function pidOf({ pid }: { readonly pid?: number | undefined }): number {
  return mustBePid(pid);
}

/** The ids of a process and of all that descend from it now, itself first. @throws Error where the id is that of no single process */
export async function processTree(pid: number): Promise<readonly number[]> {
  const root = mustBePid(pid);
  const { stdout } = await execa("ps", ["-A", "-o", "pid=,ppid="]);
  const pairs = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] => pairs.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []));
  return [root, ...below(root)];
}

/** Ends processes by SIGKILL; those that are gone already are let be. @throws Error, before any ends, where an id is that of no single process */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids.map(mustBePid)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

/** 0 and less mean groups of processes, and all descend from 0 and 1. */
function mustBePid(pid: number | undefined): number {
  if (pid === undefined || !Number.isSafeInteger(pid) || pid <= 1) throw new Error(`${pid} is the id of no process of a test`);
  return pid;
}
