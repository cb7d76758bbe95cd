import { readFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import { writeAtomically } from "../files/write-atomically.ts";
import { canonicalJson } from "../plan/canonical.ts";

/**
 * Gives the text of a stack file with this config instead of its own. Comments, order and entries that
 * are the same stay as they are.
 */
export function withConfig(text: string, config: Readonly<Record<string, unknown>>): string {
  const document = parseDocument(text);
  const before: unknown = document.toJS();
  const current =
    typeof before === "object" && before !== null && "config" in before && typeof before.config === "object" && before.config !== null ? before.config : {};
  const entries = new Map<string, unknown>(Object.entries(current));
  for (const key of entries.keys()) {
    if (!(key in config)) document.deleteIn(["config", key]);
  }
  for (const [key, value] of Object.entries(config)) {
    if (!entries.has(key) || canonicalJson(entries.get(key)) !== canonicalJson(value)) document.setIn(["config", key], value);
  }
  return document.toString({ lineWidth: 0 });
}

/**
 * Puts a new text into a stack file and runs what needs it; where that fails, the text before is put
 * back, unless someone else, such as a kill, has changed the file meanwhile.
 */
export async function replaceStackFile<T>(path: string, before: string, after: string, task: () => Promise<T>): Promise<T> {
  await writeAtomically(path, after, 0o644);
  try {
    return await task();
  } catch (error) {
    if ((await readFile(path, "utf8")) === after) await writeAtomically(path, before, 0o644);
    throw error;
  }
}
