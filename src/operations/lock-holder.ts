import { hostname } from "node:os";
import { z } from "zod";
import { isRunning } from "./is-running.ts";

/** Who holds a stack or a stage. */
export interface LockHolder {
  readonly who: string;
  /** Whether its process has ended without giving the lock back; only known of processes of this machine. */
  readonly dead: boolean;
}

/** What a holder writes into its lock, in the form of Pulumi's file backend. */
export const lockFile = z.object({ pid: z.number(), username: z.string().default("someone"), hostname: z.string().default("") });

export function toHolder({ pid, username, hostname: host }: z.output<typeof lockFile>): LockHolder {
  return { who: `${username}@${host}, process ${pid}`, dead: host === hostname() && !isRunning(pid) };
}
