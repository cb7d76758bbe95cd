import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Api, ApiError } from "./api.ts";

/** A copy of all objects of one kind that follows the API server's, also over its restarts. */
export interface Mirror<T> {
  /** By UID. */
  readonly objects: ReadonlyMap<string, T>;
  stop(): Promise<void>;
}

/** How long to wait before an API server that is away is asked again, in milliseconds. */
const PAUSE = 100;
const identified = z.object({ metadata: z.object({ uid: z.string() }) });
const listing = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(z.unknown()) });
const change = z.object({ type: z.enum(["ADDED", "MODIFIED", "DELETED", "ERROR", "BOOKMARK"]), object: z.unknown() });

/**
 * @param path the collection, such as `/api/v1/pods`
 * @param onChange is told after each change, and after each new beginning
 */
export function startMirror<T extends z.ZodType>(api: Api, path: string, schema: T, onChange: () => void): Mirror<z.output<T>> {
  const objects = new Map<string, z.output<T>>();
  const stopped = new AbortController();
  const uidOf = (object: unknown): string => identified.parse(object).metadata.uid;
  const take = (line: string): void => {
    const { type, object } = change.parse(JSON.parse(line));
    if (type === "ADDED" || type === "MODIFIED") objects.set(uidOf(object), schema.parse(object));
    else if (type === "DELETED") objects.delete(uidOf(object));
    onChange();
  };
  const listAndFollow = async (): Promise<void> => {
    const { metadata, items } = await api.get(path, listing);
    objects.clear();
    for (const item of items) objects.set(uidOf(item), schema.parse(item));
    onChange();
    await api.follow(`${path}?watch=true&resourceVersion=${metadata.resourceVersion}`, take, stopped.signal);
  };
  const follow = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        await listAndFollow();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        await sleep(PAUSE);
      }
    }
  };
  const done = follow();
  return {
    objects,
    async stop() {
      stopped.abort();
      await done;
    },
  };
}
