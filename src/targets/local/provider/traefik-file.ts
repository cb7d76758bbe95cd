import { readFile, rm } from "node:fs/promises";
import { z } from "zod/mini";
import { writeAtomically } from "../../../files/write-atomically.ts";
import { provide } from "./resource-kind.ts";
import { awaitAdmission, awaitWorkloads, isServing } from "./running-traefik.ts";

const schema = z.object({
  path: z.string(),
  /** The document, with a placeholder for each secret. */
  content: z.string(),
  revision: z.string(),
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
export const traefikFile = provide({ schema, write: switchTo, read: readBack, remove: ({ path }) => rm(path, { force: true }) });

/**
 * Switches a stage to a new document. Where a Traefik is running, its workloads must listen first, and
 * the function returns once Traefik routes by the new document; if it will not, the old one is put back.
 */
async function switchTo(next: TraefikFileState): Promise<void> {
  const serving = await isServing(next.admin);
  if (serving) await awaitWorkloads(next.workloads);
  const before = await readFile(next.path, "utf8").catch(() => null);
  const text = Object.entries(next.secrets).reduce((content, [placeholder, secret]) => content.replaceAll(placeholder, secret), next.content);
  await writeAtomically(next.path, text, MODE);
  if (!serving) return;
  try {
    await awaitAdmission(next.admin, next.revision);
  } catch (error) {
    if (before === null) await rm(next.path, { force: true });
    else await writeAtomically(next.path, before, MODE);
    throw error;
  }
}

async function readBack({ path, secrets }: TraefikFileState): Promise<string | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  return text && Object.entries(secrets).reduce((content, [placeholder, secret]) => content.replaceAll(secret, placeholder), text);
}
