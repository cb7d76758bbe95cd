import { z } from "zod/mini";
import { writeAtomically } from "../../../files/write-atomically.ts";
import { awaitTraefik, routesByDocument, traefikContainer } from "./containers.ts";
import { provide } from "./resource-kind.ts";
import { readContent } from "./text-file.ts";

const schema = z.object({
  path: z.string(),
  content: z.string(),
  /** The Traefik that must route by its document before the record is written, where it is a container. */
  behind: z.optional(traefikContainer),
});
const exposed = z.object({ exposures: z.record(z.string(), z.number()) });
const earlier = z.object({ content: z.string(), since: z.optional(z.record(z.string(), z.string())) });

/** The record of a stage: a file, and since when each flag has had its exposure. */
export const recordFile = provide({
  schema,
  async write({ path, content, behind }) {
    if (behind !== undefined) await awaitTraefik(behind);
    await writeAtomically(path, content, 0o644);
  },
  read: readContent,
  // Whatever else has changed: nothing is taken away before Traefik routes by its document.
  isStale: async ({ behind }) => behind !== undefined && !(await routesByDocument(behind)),
  computed: { since: (next, before) => sinceWhen(next.content, before, new Date()) },
});

/** Flags whose exposure is as it was keep their moment; the others have `now`. */
export function sinceWhen(content: string, before: unknown, now: Date): Record<string, string> {
  const last = earlier.safeParse(before);
  const lastExposures = last.success ? exposuresIn(last.data.content) : {};
  const lastSince = last.success ? (last.data.since ?? {}) : {};
  return Object.fromEntries(
    Object.entries(exposuresIn(content)).map(([flag, exposure]) => {
      const kept = lastExposures[flag] === exposure ? lastSince[flag] : undefined;
      return [flag, kept ?? now.toISOString()];
    }),
  );
}

function exposuresIn(content: string): Readonly<Record<string, number>> {
  return exposed.parse(JSON.parse(content)).exposures;
}
