import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import { cacheFolder } from "./places.ts";
import { type FoundTool, type Progress, SetupError, type Tool } from "./tool.ts";

/** A tool's name with what is used of it; null when it is missing. */
export interface ToolReport {
  readonly tool: Tool;
  readonly found: FoundTool | null;
}

/** Whether a tool can be used as it was found. */
export function isReady(tool: Tool, found: FoundTool | null): boolean {
  return found !== null && (found.origin !== "machine" || tool.adopt === undefined);
}

/** What is there, without getting anything. */
export async function examine(tools: readonly Tool[]): Promise<ToolReport[]> {
  return Promise.all(tools.map(async (tool) => ({ tool, found: await tool.find() })));
}

/**
 * Gives a tool, from the machine, the cache, the official download or the registries, in this order.
 * @throws SetupError with what each way answered
 */
export async function provideTool(tool: Tool, progress: Progress): Promise<FoundTool> {
  const present = await tool.find();
  if (present !== null && isReady(tool, present)) return present;
  const reasons: string[] = [];
  const ways = [
    { origin: "download" as const, get: tool.download },
    { origin: "registry" as const, get: tool.fromRegistry },
  ];
  return whileLocked(tool.name, progress, async () => {
    const meanwhile = await tool.find();
    if (meanwhile !== null) {
      if (meanwhile.origin === "machine") await tool.adopt?.(meanwhile);
      return meanwhile;
    }
    for (const { origin, get } of ways) {
      if (get === undefined) continue;
      try {
        await get(progress);
        const found = await tool.find();
        if (found !== null) return { ...found, origin };
        reasons.push(`${origin}: what came does not work here`);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        reasons.push(`${origin}: ${error.message}`);
      }
    }
    const what = reasons.length === 0 ? "is missing" : `could not be got:\n${reasons.map((reason) => `  ${reason}`).join("\n")}`;
    throw new SetupError(`${tool.name} ${tool.version} ${what}\n  way out: ${tool.wayOut}`);
  });
}

/** One set-up at a time gets a tool; a second waits and finds it. A lock whose holder is dead goes stale. */
async function whileLocked<T>(name: string, progress: Progress, task: () => Promise<T>): Promise<T> {
  const folder = join(cacheFolder(), "locks", name.toLowerCase().replaceAll(" ", "-"));
  await mkdir(folder, { recursive: true });
  progress("waiting for another set-up");
  const release = await lockfile.lock(folder, { stale: 20_000, update: 5_000, retries: { retries: 100_000, minTimeout: 250, maxTimeout: 1_000 } });
  try {
    return await task();
  } finally {
    await release();
  }
}
