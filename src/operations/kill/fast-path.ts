import { randomBytes } from "node:crypto";
import { readIfThere } from "../../files/read-if-there.ts";
import { flagdPath, standingKillsPath, traefikPath } from "../../files/stage-folder.ts";
import { readStandingKills, type StandingKill, writeStandingKills } from "../../files/standing-kills.ts";
import { writeAtomically } from "../../files/write-atomically.ts";
import { withdrawFromFlagd } from "../../flagd/withdraw.ts";
import { listens } from "../../net/listens.ts";
import { awaitMarker } from "../../net/running-traefik.ts";
import { MARKER, REVISION_PREFIX } from "../../traefik/names.ts";
import { readDocument, writtenText } from "../../traefik/text.ts";
import { withdraw } from "../../traefik/withdraw.ts";

/** What came of taking traffic off without the engine. */
export interface TrafficOff {
  /** Milliseconds until Traefik routed without the flag; null when no Traefik of the stage is running. */
  readonly after: number | null;
  /** Variants that are still served, because none that could take over is running. */
  readonly stranded: readonly string[];
}

/**
 * Takes a flag or a route out of the documents that a stage is served by, and lets that stand against
 * updates that do not know of it. Needs neither engine, nor state, nor config.
 * @throws Error when the documents cannot be read or written; what was there is untouched then
 */
export async function takeTrafficOff(folder: string, admin: string, kill: StandingKill, started: number): Promise<TrafficOff> {
  const path = traefikPath(folder);
  const standing = standingKillsPath(folder);
  const [text, kills, serving] = await Promise.all([readIfThere(path), readStandingKills(standing).catch(() => []), listens(admin)]);
  // Before the document: an update that writes after us looks here once more.
  await writeStandingKills(standing, [...kills.filter(({ subject }) => subject !== kill.subject), kill]);
  if (text === null) return { after: null, stranded: [] };
  const { document, legend } = readDocument(text);
  const urls = Object.keys(legend).flatMap((name) => (document.http.services[name]?.loadBalancer?.servers ?? []).map(({ url }) => ({ name, url })));
  const carrying = serving ? await carriers(urls) : new Set(Object.keys(legend));
  const left = withdraw(document, legend, kill, (name) => carrying.has(name));
  const revision = randomBytes(6).toString("hex");
  const before = MARKER.exec(text)?.[1];
  const written = writtenText(left.document, left.legend);
  await writeAtomically(path, before === undefined ? written : written.replaceAll(before, revision), 0o600);
  if (serving) await awaitMarker(admin, `${REVISION_PREFIX}${revision}`);
  const after = serving ? performance.now() - started : null;
  await takeOffFlagd(flagdPath(folder), kill.flags);
  const stranded = Object.entries(left.moves).flatMap(([variant, target]) => (target === null && isServed(variant, left.document) ? [variant] : []));
  return { after, stranded };
}

/** The services of which every workload accepts connections now. */
async function carriers(urls: readonly { readonly name: string; readonly url: string }[]): Promise<Set<string>> {
  const up = await Promise.all(urls.map(async ({ name, url }) => ({ name, up: await listens(url) })));
  const down = new Set(up.filter((answer) => !answer.up).map(({ name }) => name));
  return new Set(urls.map(({ name }) => name).filter((name) => !down.has(name)));
}

function isServed(variant: string, document: ReturnType<typeof readDocument>["document"]): boolean {
  const { routers, services } = document.http;
  return (
    Object.values(routers).some(({ service }) => service === variant) ||
    Object.values(services).some(({ weighted }) => weighted?.services.some(({ name }) => name === variant) === true)
  );
}

async function takeOffFlagd(path: string, flags: readonly string[]): Promise<void> {
  const text = flags.length === 0 ? null : await readIfThere(path);
  if (text !== null) await writeAtomically(path, withdrawFromFlagd(text, flags), 0o644);
}
