import { rm } from "node:fs/promises";
import { z } from "zod/mini";
import { readIfThere } from "../../../files/read-if-there.ts";
import { writeAtomically } from "../../../files/write-atomically.ts";
import { provide } from "./resource-kind.ts";

const schema = z.object({
  path: z.string(),
  content: z.string(),
  /** Only an env file of a state from when each was a resource of its own: `env-files.ts` keeps and removes it now. */
  claim: z.optional(z.string()),
});

/** A file that follows the stack: written in one step, read back on refresh, removed on destroy. */
export const textFile = provide({
  schema,
  write: ({ path, content }) => writeAtomically(path, content, 0o644),
  read: readContent,
  async remove({ path, claim }) {
    if (claim === undefined) await rm(path, { force: true });
  },
});

/** What a file has; null when it is gone. */
export async function readContent({ path }: { readonly path: string }): Promise<{ content: string } | null> {
  const content = await readIfThere(path);
  return content === null ? null : { content };
}
