import { z } from "zod";

const notFound = z.looseObject({ statusCode: z.literal(404) });

/** Null where the engine says that there is nothing of the kind; other errors go on. */
export function isGone(error: unknown): null {
  if (notFound.safeParse(error).success) return null;
  throw error;
}
