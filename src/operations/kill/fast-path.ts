import { dirname } from "node:path";
import { setCopiesAside } from "../../files/copies-beside.ts";
import { inTurn } from "../../files/in-turn.ts";
import { readIfThere } from "../../files/read-if-there.ts";
import { flagdPath, standingKillsPath, traefikPath } from "../../files/stage-folder.ts";
import { adding, editStandingKills, ending, readStandingKills, type StandingKill } from "../../files/standing-kills.ts";
import { writeAtomically } from "../../files/write-atomically.ts";
import { withdrawFromFlagd } from "../../flagd/withdraw.ts";
import { listens } from "../../net/listens.ts";
import { awaitMarker, SERVED_ANEW } from "../../net/running-traefik.ts";
import { markerIn, newRevision, REVISION_PREFIX } from "../../traefik/names.ts";
import { documentText, hasLegend, type ReadDocument, readDocument } from "../../traefik/text.ts";
import { type Withdrawn, withdraw } from "../../traefik/withdraw.ts";
import { runningRouters } from "../probe.ts";
import type { TrafficOff } from "../site.ts";

/** The documents of a stage, and what reads them. */
export interface ServedDocuments {
  readonly folder: string;
  /** Base URL of Traefik's API. */
  readonly admin: string;
  readonly findCarriers: FindCarriers;
  /** Brings a document to where it is read from, before it is written; by the name of its folder. */
  readonly publish: (document: "traefik" | "flagd", text: string, mode: number) => Promise<void>;
  /** What a person can do to start Traefik anew. */
  readonly anew: string;
}

/** Finds the services that can take visitors now, among those with these addresses. */
export type FindCarriers = (addresses: ReadonlyMap<string, readonly string[]>) => Promise<ReadonlySet<string>>;

/** The services of which every workload accepts connections. */
const findListening: FindCarriers = async (addresses) => {
  const states = await Promise.all(
    [...addresses].map(async ([name, urls]) => ({ name, up: urls.length > 0 && (await Promise.all(urls.map(listens))).every((up) => up) })),
  );
  return new Set(states.filter(({ up }) => up).map(({ name }) => name));
};

/** Documents that are read where they are written, and lead to processes of this machine. */
export const READ_HERE: Pick<ServedDocuments, "findCarriers" | "publish" | "anew"> = {
  findCarriers: findListening,
  publish: () => Promise.resolve(),
  anew: SERVED_ANEW,
};

/**
 * Takes a flag or a route out of the documents that a stage is served by, and lets that stand against
 * updates that do not know of it. Needs neither engine, nor state, nor config.
 * @throws Error when Traefik's document cannot be read or written; what was there is untouched then
 */
export async function takeTrafficOff(
  { folder, admin, findCarriers, publish, anew }: ServedDocuments,
  kill: StandingKill,
  started: number,
): Promise<TrafficOff> {
  const path = traefikPath(folder);
  const listening = listens(admin);
  const text = await readIfThere(path);
  const first = text === null ? null : { text, ...parseDocument(path, text) };
  const standing = standingKillsPath(folder);
  const stood = await readStandingKills(standing).catch(() => []);
  // Before the document: an update that writes after us looks here once more.
  await editStandingKills(standing, adding(kill));
  const serving = await listening;
  const setAside = await setCopiesAside(path, hasLegend).catch(() => []);
  const left = await replaceDocument(path, first, kill, serving ? findCarriers : null, publish).catch(async (error: unknown) => {
    const before = stood.find(({ subject }) => subject === kill.subject);
    await editStandingKills(standing, before === undefined ? ending(kill.subject) : adding(before));
    throw error;
  });
  const untaken = serving ? await (left === null ? whyBlind(admin, path) : whyUntaken(admin, path, anew)) : null;
  const after = serving && left !== null && untaken === null ? performance.now() - started : null;
  return {
    after,
    setAside,
    stranded: left === null ? [] : strandedIn(left),
    untaken,
    lost: left === null && untaken !== null,
    flagd: await takeOffFlagd(flagdPath(folder), kill.flags, publish),
  };
}

type Found = ReturnType<typeof readDocument> & { readonly text: string };

/**
 * @param found the document as it was read; null where there was none
 * @param findCarriers null where no Traefik is running, so that nobody is moved anywhere
 * @returns what is left of it; null where there is none
 */
async function replaceDocument(
  path: string,
  found: Found | null,
  kill: StandingKill,
  findCarriers: FindCarriers | null,
  publish: ServedDocuments["publish"],
): Promise<Withdrawn | null> {
  for (let now = found; ; ) {
    if (now !== null) {
      const { document, legend, text } = now;
      const carrying = findCarriers !== null ? await findCarriers(addressesOf(Object.keys(legend), document)) : new Set(Object.keys(legend));
      const left = withdraw(document, legend, kill, (name) => carrying.has(name));
      const marker = markerIn(text);
      const written = documentText(left.document, left.legend);
      const renewed = marker === null ? written : written.replaceAll(marker.slice(REVISION_PREFIX.length), newRevision());
      const replaced = await inTurn(dirname(path), async () => {
        // An update may have replaced the document while we looked: then its visitors are led by its own.
        if ((await readIfThere(path)) !== text) return false;
        await publish("traefik", renewed, 0o600);
        await writeAtomically(path, renewed, 0o600);
        return true;
      });
      if (replaced) return left;
    }
    const text = await readIfThere(path);
    if (text === null) return null;
    now = { text, ...parseDocument(path, text) };
  }
}

/** @throws Error naming the file, when it is none of ours */
function parseDocument(path: string, text: string): ReturnType<typeof readDocument> {
  try {
    const read = readDocument(text);
    if (markerIn(text) === null) throw new Error("it has no middleware `revision-` by which Traefik shows that it has read it");
    return read;
  } catch (error) {
    throw new Error(`${path} is not as Sluice wrote it: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function addressesOf(variants: readonly string[], document: ReadDocument): ReadonlyMap<string, readonly string[]> {
  return new Map(variants.map((name) => [name, (document.http.services[name]?.loadBalancer?.servers ?? []).map(({ url }) => url)]));
}

/** A Traefik in a container goes on by its document where the folder was moved away. */
async function whyBlind(admin: string, path: string): Promise<string | null> {
  const routers = await runningRouters(admin);
  return routers === null || routers.length === 0 ? null : `the Traefik at ${admin} goes on as before, while ${path} is gone.`;
}

async function whyUntaken(admin: string, path: string, anew: string): Promise<string | null> {
  try {
    const length = (await readIfThere(path))?.length ?? 0;
    await awaitMarker(admin, async () => markerIn(await readIfThere(path)), length, anew);
    return null;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}.`;
  }
}

function strandedIn({ moves, document }: Withdrawn): string[] {
  return Object.entries(moves).flatMap(([variant, target]) => (target === null && isServed(variant, document) ? [variant] : []));
}

function isServed(variant: string, document: ReadDocument): boolean {
  const { routers, services } = document.http;
  return (
    Object.values(routers).some(({ service }) => service === variant) ||
    Object.values(services).some(({ weighted }) => weighted?.services.some(({ name }) => name === variant) === true)
  );
}

/** @returns why it could not be done; null when it was, or there is nothing to do */
async function takeOffFlagd(path: string, flags: readonly string[], publish: ServedDocuments["publish"]): Promise<string | null> {
  try {
    const text = flags.length === 0 ? null : await readIfThere(path);
    if (text === null) return null;
    const left = withdrawFromFlagd(text, flags);
    await publish("flagd", left, 0o644);
    await writeAtomically(path, left, 0o644);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
