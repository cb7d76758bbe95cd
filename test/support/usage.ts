import { readdir, readFile, readlink } from "node:fs/promises";
import { processTree } from "./process-tree.ts";

/** What a process holds at a moment. */
export interface Usage {
  readonly pid: number;
  /** Its command line, arguments joined by spaces. */
  readonly command: string;
  /** Memory in mebibytes. */
  readonly memory: number;
  /** Open files, sockets among them. */
  readonly files: number;
  readonly sockets: number;
}

/** The usage of a process and of all that it has started, directly or not, as Linux tells it in /proc. */
export async function usageOf(root: number): Promise<Usage[]> {
  const found = await Promise.all((await processTree(root)).map(readUsage));
  return found.flatMap((usage) => usage ?? []);
}

/** Null for a process that has ended meanwhile. */
async function readUsage(pid: number): Promise<Usage | null> {
  try {
    const command = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").join(" ").trim();
    const [, kibibytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
    const descriptors = await readdir(`/proc/${pid}/fd`);
    const targets = await Promise.all(descriptors.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => "")));
    const sockets = targets.filter((target) => target.startsWith("socket:")).length;
    return { pid, command, memory: Number(kibibytes) / 1024, files: descriptors.length, sockets };
  } catch {
    return null;
  }
}
