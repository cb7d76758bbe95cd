import { z } from "zod/mini";
import { listens } from "./listens.ts";
import { poll } from "./poll.ts";
import { readTraefikAnswer } from "./traefik-answer.ts";

/** How long a new variant may take to listen, in milliseconds. */
const READY_LIMIT = 10_000;
/** How long a running Traefik may take to use a new document, in milliseconds, and how much longer for each character: it builds all routers anew. */
const ADMISSION_LIMIT = 5_000;
const ADMISSION_PER_CHARACTER = 1 / 100;

/**
 * Waits until every workload accepts connections, so that no traffic goes to one that cannot carry it.
 * @throws Error naming those that do not within the limit
 */
export async function awaitWorkloads(urls: readonly string[]): Promise<void> {
  let waiting = [...new Set(urls)];
  const ready = await poll(async () => {
    const results = await Promise.all(waiting.map(async (url) => ({ url, up: await listens(url) })));
    waiting = results.filter((result) => !result.up).map((result) => result.url);
    return waiting.length === 0;
  }, READY_LIMIT);
  if (ready) return;
  throw new Error(`no workload listens on ${waiting.join(", ")}; routes were left as they are. Start it (see \`sluice serve\`), then run \`pulumi up\` again.`);
}

const routerList = z.array(z.object({ name: z.string(), error: z._default(z.array(z.string()), []) }));

/** What starts a Traefik anew that `sluice serve` runs. */
export const SERVED_ANEW = "start sluice serve anew";

/**
 * Waits until a running Traefik routes by the document that is there, whoever wrote it last.
 * @param markerOf the marker middleware of the document as it is now; null where there is none
 * @param length of the document, in characters
 * @param anew what a person can do to start it anew
 * @throws Error when it does not in time
 */
export async function awaitMarker(admin: string, markerOf: () => Promise<string | null>, length: number, anew = SERVED_ANEW): Promise<void> {
  if (await takesMarker(admin, markerOf, ADMISSION_LIMIT + ADMISSION_PER_CHARACTER * length)) return;
  if (!(await listens(admin))) throw new Error(`the Traefik at ${admin} has ended meanwhile: its log says why; then ${anew}`);
  throw new Error(`the Traefik at ${admin} did not take the document: its log says why, or it watches another folder; then ${anew}`);
}

/** Whether a Traefik routes by the document that is there within a time, in milliseconds. */
export function takesMarker(admin: string, markerOf: () => Promise<string | null>, limit: number): Promise<boolean> {
  return poll(
    async () => {
      const marker = await markerOf();
      if (marker === null) return false;
      const response = await fetch(`${admin}/api/http/middlewares/${marker}@file`, { signal: AbortSignal.timeout(1_000) }).catch(() => null);
      await response?.body?.cancel();
      return response?.ok === true;
    },
    limit,
    10,
  );
}

/** @throws Error with Traefik's own words when it refuses a router of its document */
export async function requireNoneRefused(admin: string): Promise<void> {
  const address = `${admin}/api/http/routers?status=disabled&per_page=1000`;
  const listing = await fetch(address, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
  if (listing === null) throw new Error(`the Traefik at ${admin} has taken the document, and then ended or does not answer: its log says why`);
  const refused = readTraefikAnswer(address, await listing.text(), "a list of routers", (value) => routerList.parse(value));
  if (refused.length === 0) return;
  const reasons = refused.map((router) => `${router.name}: ${router.error.join("; ")}`);
  throw new Error(`Traefik refused ${reasons.join(", ")}`);
}
