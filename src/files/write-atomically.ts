import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "./make-folder.ts";

/**
 * Replaces a file in one step: write beside it, sync, rename. Readers see the old content or the new,
 * and a failure (no space, no permission) leaves the old.
 * @param mode permission bits of the new file
 */
export async function writeAtomically(path: string, content: string, mode: number): Promise<void> {
  // A name of its own: two may write the same file at once.
  const beside = `${path}.${randomBytes(6).toString("hex")}.new`;
  try {
    await makeFolder(dirname(path));
    const file = await open(beside, "w", mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot write ${path}: ${reason}. What was there is untouched; make room or permission, then run it again.`);
  }
}
