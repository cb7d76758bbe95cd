import { randomBytes } from "node:crypto";
import { z } from "zod/mini";
import { writeAtomically } from "../../../files/write-atomically.ts";
import { listens } from "../../../net/listens.ts";
import { REVISION_PLACEHOLDER, REVISION_PREFIX } from "../../../traefik/names.ts";
import { readIfThere, removeFile } from "./file.ts";
import { provide } from "./resource-kind.ts";
import { awaitMarker, awaitWorkloads, requireNoneRefused } from "./running-traefik.ts";

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
});

type TraefikFileState = z.output<typeof schema>;

/** The document carries a secret, so only its owner may read it. */
const MODE = 0o600;

/** The marker middleware in a written document. */
const MARKER = new RegExp(`${REVISION_PREFIX}([0-9a-f]{12})`);

/** Traefik's document of a stage. Secrets are put in as the file is written, and stay out of its readable content. */
export const traefikFile = provide({ schema, write: switchTo, read: readBack });

/**
 * Switches a stage to a new document. Where a Traefik is running, its workloads must listen first, and
 * the function returns once Traefik routes by the new document; if it will not, the old one is put back.
 */
async function switchTo(next: TraefikFileState): Promise<void> {
  const serving = await listens(next.admin);
  if (serving) await awaitWorkloads(next.workloads);
  const before = await readIfThere(next.path);
  // A revision of this writing alone: Traefik shows by it that it has read this text and none before.
  const revision = randomBytes(6).toString("hex");
  const text = Object.entries(next.secrets).reduce((content, [placeholder, secret]) => content.replaceAll(placeholder, secret), next.content);
  await writeAtomically(next.path, text.replaceAll(REVISION_PLACEHOLDER, revision), MODE);
  if (!serving) return;
  try {
    await awaitMarker(next.admin, `${REVISION_PREFIX}${revision}`);
    await requireNoneRefused(next.admin);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(conceal(`${reason}; ${await putBack(next, before)}`, next.secrets));
  }
}

/** Puts the document before back and waits until Traefik routes by it again. @returns what came of it, in words */
async function putBack({ path, admin }: TraefikFileState, before: string | null): Promise<string> {
  try {
    if (before === null) await removeFile(path);
    else await writeAtomically(path, before, MODE);
    const marker = MARKER.exec(before ?? "")?.[0];
    if (marker !== undefined) await awaitMarker(admin, marker);
    return "the document before is back in place";
  } catch (error) {
    return `and the document before could not be put back: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function readBack({ path, secrets }: TraefikFileState): Promise<string | null> {
  const text = await readIfThere(path);
  if (text === null) return null;
  const revision = MARKER.exec(text)?.[1];
  return conceal(revision === undefined ? text : text.replaceAll(revision, REVISION_PLACEHOLDER), secrets);
}

function conceal(text: string, secrets: Readonly<Record<string, string>>): string {
  return Object.entries(secrets).reduce((content, [placeholder, secret]) => content.replaceAll(secret, placeholder), text);
}
