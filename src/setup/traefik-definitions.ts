import { createHash } from "node:crypto";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { downloadRelease } from "./download.ts";
import { fetchGoModule } from "./go.ts";
import { cacheFolder } from "./places.ts";
import { replaceFolder } from "./replace-folder.ts";
import { type FoundTool, type Progress, SetupError, type Tool } from "./tool.ts";

/** The definitions are those of the first version with all that Sluice uses; Traefik itself may be a later 3.7. */
const DEFINITIONS_VERSION = "3.7.9";
const FILE = "kubernetes-crd-definition-v1.yml";
const FOLDER = "docs/content/reference/dynamic-configuration";
/** The file's SHA-256 in the Go module of this version, which the checksum database vouches for; the site publishes none. */
const SHA256 = "1d5e8558803804562238b0d4a57174aadd6d87c36e3c4c55199ebcc356a9406c";

/** Where the definitions of Traefik's resources are for everyone, as `kubectl apply -f` takes it. */
export const TRAEFIK_DEFINITIONS_URL = `https://raw.githubusercontent.com/traefik/traefik/v${DEFINITIONS_VERSION}/${FOLDER}/${FILE}`;

/** The definitions of Traefik's resources (CRDs) for the clusters that Sluice's own tests start. */
export function traefikDefinitionsTool(root: string): Tool {
  return {
    name: "Traefik resource definitions",
    version: DEFINITIONS_VERSION,
    find: findDefinitions,
    download: downloadDefinitions,
    fromRegistry: (progress) => takeFromModule(root, progress),
    wayOut: `save ${TRAEFIK_DEFINITIONS_URL} as ${join(place(), FILE)}`,
  };
}

/** The path of the definitions. @throws SetupError when they are not there */
export async function requireTraefikDefinitions(): Promise<string> {
  const found = await findDefinitions();
  if (found === null) throw new SetupError("Traefik's resource definitions are not there. First: npm run setup -- --kubernetes");
  return found.path;
}

function place(): string {
  return join(cacheFolder(), `traefik-definitions-${DEFINITIONS_VERSION}`);
}

async function findDefinitions(): Promise<FoundTool | null> {
  const path = join(place(), FILE);
  const content = await readFile(path).catch(() => null);
  const fits = content !== null && createHash("sha256").update(content).digest("hex") === SHA256;
  return fits ? { path, origin: "cache", version: DEFINITIONS_VERSION } : null;
}

async function downloadDefinitions(progress: Progress): Promise<void> {
  await replaceFolder(place(), (folder) => downloadRelease({ url: TRAEFIK_DEFINITIONS_URL, sum: { sha256: SHA256 } }, join(folder, FILE), progress));
}

async function takeFromModule(root: string, progress: Progress): Promise<void> {
  progress("fetching Traefik's Go module");
  const files = await fetchGoModule(join(root, "tools", "traefik-definitions"), `github.com/traefik/traefik/v3@v${DEFINITIONS_VERSION}`, progress);
  await replaceFolder(place(), (folder) => copyFile(join(files, FOLDER, FILE), join(folder, FILE)));
}
