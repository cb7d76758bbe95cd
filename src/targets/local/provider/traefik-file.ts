import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod/mini";
import { setCopiesAside } from "../../../files/copies-beside.ts";
import { inTurn } from "../../../files/in-turn.ts";
import { readIfThere } from "../../../files/read-if-there.ts";
import type { StandingKill } from "../../../files/standing-kills.ts";
import { writeAtomically } from "../../../files/write-atomically.ts";
import { listens } from "../../../net/listens.ts";
import { awaitMarker, awaitWorkloads, requireNoneRefused } from "../../../net/running-traefik.ts";
import { MARKER, markerIn, newRevision, REVISION_PLACEHOLDER, REVISION_PREFIX } from "../../../traefik/names.ts";
import { documentText, hasLegend, readDocument } from "../../../traefik/text.ts";
import { withdraw } from "../../../traefik/withdraw.ts";
import { killProperties, killsBeyond, takeUpKills, writeUnderKills } from "./beyond-config.ts";
import { awaitContainers, containerProperties, hasStopped, publish, publishProperties, restartBlind, startedAnew } from "./containers.ts";
import { provide } from "./resource-kind.ts";

const schema = z.object({
  path: z.string(),
  /** The document, with placeholders for each secret and for its revision. */
  content: z.string(),
  /** Base URL of the stage's Traefik API. */
  admin: z.string(),
  /** The addresses that the document leads to. */
  workloads: z.array(z.string()),
  /** Placeholder to secret. */
  secrets: z.record(z.string(), z.string()),
  ...killProperties,
  ...publishProperties,
  ...containerProperties,
});

type TraefikFileState = z.output<typeof schema>;

/** The document carries a secret, so only its owner may read it. */
const MODE = 0o600;

/** Traefik's document of a stage. Secrets are put in as the file is written, and stay out of its readable content. */
export const traefikFile = provide({ schema, write: switchTo, read: readBack, isStale: hasStopped });

/**
 * Switches a stage to a new document. Where a Traefik is running, its workloads must listen first, and
 * the function returns once Traefik routes by the new document; if it will not, the old one is put back.
 */
async function switchTo(next: TraefikFileState): Promise<void> {
  const before = await readIfThere(next.path);
  const text = filled(next);
  for (const name of await setCopiesAside(next.path, hasLegend)) {
    process.stderr.write(`${name} was a copy of Traefik's document in its folder, by which Traefik would lead visitors; it is ${name}.aside now\n`);
  }
  await awaitContainers(next, before, withoutKilled(text, await killsBeyond(next)));
  const serving = await listens(next.admin);
  if (serving) await awaitWorkloads(next.workloads);
  const marker = await write(next, text);
  if (serving) {
    try {
      if (before === null) await restartBlind(next, () => presentMarker(next));
      await untilTaken(next, text, marker);
      await requireNoneRefused(next.admin);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(conceal(`${reason}; ${await putBack(next, before)}`, next.secrets));
    }
  }
  await takeUpKills(next);
}

/**
 * Waits until Traefik routes by the document that was written. A kill may have replaced it by less of
 * the document before; the kill stands in its file by then, so ours is written again without the flag.
 */
async function untilTaken(next: TraefikFileState, text: string, marker: string): Promise<void> {
  await awaitMarker(next.admin, () => presentMarker(next), text.length, startedAnew(next));
  if ((await presentMarker(next)) !== marker) await untilTaken(next, text, await write(next, text));
}

async function presentMarker({ path }: TraefikFileState): Promise<string | null> {
  return markerIn(await readIfThere(path));
}

/**
 * Writes a document, less what kills beyond the config have taken away.
 * @returns the marker middleware by which Traefik shows that it has read this text and none before
 */
function write(next: TraefikFileState, text: string): Promise<string> {
  return writeUnderKills(next, async (kills) => {
    const revision = newRevision();
    const written = withoutKilled(text, kills).replaceAll(REVISION_PLACEHOLDER, revision);
    // A kill compares and replaces: what it has compared with must still be there when it replaces it.
    await inTurn(dirname(next.path), async () => {
      await publish(next, written, MODE);
      await writeAtomically(next.path, written, MODE);
    });
    return `${REVISION_PREFIX}${revision}`;
  });
}

/** The content with the secrets in their places. */
function filled({ content, secrets }: TraefikFileState): string {
  return Object.entries(secrets).reduce((text, [placeholder, secret]) => text.replaceAll(placeholder, secret), content);
}

function withoutKilled(text: string, kills: readonly StandingKill[]): string {
  if (kills.length === 0) return text;
  const { document, legend } = readDocument(text);
  // Every workload of the document listens by now, so each can carry.
  const left = withdraw(document, legend, { flags: kills.flatMap(({ flags }) => flags), routes: kills.flatMap(({ routes }) => routes) }, () => true);
  return documentText(left.document, left.legend);
}

/** Puts the document before back and waits until Traefik routes by it again. @returns what came of it, in words */
async function putBack(next: TraefikFileState, before: string | null): Promise<string> {
  try {
    if (before === null) await rm(next.path, { force: true });
    else await untilTaken(next, withRevisionOpen(before), await write(next, withRevisionOpen(before)));
    return "the document before is back in place";
  } catch (error) {
    return `and the document before could not be put back: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function readBack({ path, secrets }: TraefikFileState): Promise<{ content: string } | null> {
  const text = await readIfThere(path);
  return text === null ? null : { content: conceal(withRevisionOpen(text), secrets) };
}

/** A written text with the placeholder in place of its revision. */
function withRevisionOpen(text: string): string {
  const revision = MARKER.exec(text)?.[1];
  return revision === undefined ? text : text.replaceAll(revision, REVISION_PLACEHOLDER);
}

function conceal(text: string, secrets: Readonly<Record<string, string>>): string {
  return Object.entries(secrets).reduce((content, [placeholder, secret]) => content.replaceAll(secret, placeholder), text);
}
