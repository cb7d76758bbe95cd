import { randomBytes } from "node:crypto";
import { z } from "zod/mini";
import { writeAtomically } from "../../../files/write-atomically.ts";
import { REVISION_PLACEHOLDER, REVISION_PREFIX } from "../../../traefik/document.ts";
import { readIfThere, removeFile } from "./file.ts";
import { provide } from "./resource-kind.ts";
import { awaitAdmission, awaitWorkloads, isServing } from "./running-traefik.ts";

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

/** Traefik's document of a stage. Secrets are put in as the file is written, and stay out of its readable content. */
export const traefikFile = provide({ schema, write: switchTo, read: readBack, remove: ({ path }) => removeFile(path) });

/**
 * Switches a stage to a new document. Where a Traefik is running, its workloads must listen first, and
 * the function returns once Traefik routes by the new document; if it will not, the old one is put back.
 */
async function switchTo(next: TraefikFileState): Promise<void> {
  const serving = await isServing(next.admin);
  if (serving) await awaitWorkloads(next.workloads);
  const before = await readIfThere(next.path);
  // A revision of this writing alone: Traefik shows by it that it has read this text and none before.
  const revision = randomBytes(6).toString("hex");
  const text = Object.entries(next.secrets).reduce((content, [placeholder, secret]) => content.replaceAll(placeholder, secret), next.content);
  await writeAtomically(next.path, text.replaceAll(REVISION_PLACEHOLDER, revision), MODE);
  if (!serving) return;
  try {
    await awaitAdmission(next.admin, `${REVISION_PREFIX}${revision}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (before === null) await removeFile(next.path);
    else await writeAtomically(next.path, before, MODE);
    throw new Error(conceal(`${reason}; the document before is back in place`, next.secrets));
  }
}

async function readBack({ path, secrets }: TraefikFileState): Promise<string | null> {
  const text = await readIfThere(path);
  if (text === null) return null;
  const revision = /revision-([0-9a-f]{12})/.exec(text)?.[1];
  return conceal(revision === undefined ? text : text.replaceAll(revision, REVISION_PLACEHOLDER), secrets);
}

function conceal(text: string, secrets: Readonly<Record<string, string>>): string {
  return Object.entries(secrets).reduce((content, [placeholder, secret]) => content.replaceAll(secret, placeholder), text);
}
