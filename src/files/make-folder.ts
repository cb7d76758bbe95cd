import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it. Node's own recursive `mkdir` hides why a folder cannot be made, and
 * never returns below /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  const made = await tryMkdir(path);
  if (made || dirname(path) === path) return;
  await makeFolder(dirname(path));
  if (!(await tryMkdir(path))) throw new Error(`ENOENT: nothing can be made in ${dirname(path)}`);
}

/** False where the folder above is missing. */
async function tryMkdir(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "EEXIST") return true;
    if (code === "ENOENT") return false;
    throw error;
  }
}
