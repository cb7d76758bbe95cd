import { readFile, rm } from "node:fs/promises";
import { z } from "zod/mini";
import { writeAtomically } from "../../../files/write-atomically.ts";
import { provide } from "./resource-kind.ts";

/** A file that follows the stack: written in one step, read back on refresh, removed on destroy. */
export const textFile = provide({
  schema: z.object({ path: z.string(), content: z.string() }),
  write: ({ path, content }) => writeAtomically(path, content, 0o644),
  read: ({ path }) => readFile(path, "utf8").catch(() => null),
  remove: ({ path }) => rm(path, { force: true }),
});
