import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod/mini";
import { readIfThere } from "../../../files/read-if-there.ts";
import { writeAtomically } from "../../../files/write-atomically.ts";
import { provide } from "./resource-kind.ts";

const schema = z.object({
  path: z.string(),
  content: z.string(),
  /** A line that no other file of the folder may have, such as a port. */
  claim: z.optional(z.string()),
});

/** A file that follows the stack: written in one step, read back on refresh, removed on destroy. */
export const textFile = provide({
  schema,
  async write({ path, content, claim }) {
    if (claim !== undefined) await requireUnclaimed(path, claim);
    await writeAtomically(path, content, 0o644);
  },
  read: ({ path }) => readIfThere(path),
});

/** @throws Error naming the other file that has the line, which goes once its own update is over */
async function requireUnclaimed(path: string, claim: string): Promise<void> {
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names.filter((other) => other !== basename(path) && other.endsWith(".env"))) {
    const lines = ((await readIfThere(join(dirname(path), name))) ?? "").split("\n");
    if (lines.includes(claim)) {
      throw new Error(
        `${claim} is still held by ${name}; nothing was switched. Make this change in two steps, or move the first port of the service (local.workloadPorts).`,
      );
    }
  }
}
