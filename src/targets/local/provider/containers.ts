import { basename } from "node:path";
import { z } from "zod/mini";
import { readIfThere } from "../../../files/read-if-there.ts";
import type { DockerEngine } from "../../../net/docker/engine.ts";
import { listens } from "../../../net/listens.ts";
import { takesMarker } from "../../../net/running-traefik.ts";
import { gainingServers } from "../../../traefik/leads.ts";
import { markerIn } from "../../../traefik/names.ts";
import { type ReadDocument, readDocument } from "../../../traefik/text.ts";

/** A Docker engine; what is not said is as Docker's own programs have it. */
const engine = z.object({ host: z.optional(z.string()), certPath: z.optional(z.string()) });

/** The properties of a document that leads to containers. */
export const containerProperties = {
  /** The containers, each with its host in the document's addresses, and the milliseconds that it may take to become healthy. */
  containers: z.optional(z.array(z.object({ name: z.string(), host: z._default(z.string(), ""), ready: z.number() }))),
  /** The container of the Traefik that reads the document. */
  reader: z.optional(z.string()),
};

/** Where a document also has to go: into a volume of an engine on another machine. */
export const publishProperties = {
  engine: z.optional(engine),
  carrier: z.optional(z.object({ container: z.string(), folder: z.string() })),
};

/** Brings a document to the engine that reads it, where that is on another machine. */
export async function publish(
  document: {
    readonly path: string;
    readonly engine?: z.output<typeof engine> | undefined;
    readonly carrier?: { readonly container: string; readonly folder: string } | undefined;
  },
  text: string,
  mode: number,
): Promise<void> {
  const { path, engine: address, carrier } = document;
  if (address === undefined || carrier === undefined) return;
  const { putFile } = await import("../../../net/docker/put-file.ts");
  await withEngine(address, (open) => putFile(open, carrier, basename(path), text, mode));
}

/** A Traefik that is a container. */
export const traefikContainer = z.object({
  admin: z.string(),
  /** Path of its document. */
  document: z.string(),
  engine,
  container: z.string(),
  /** Changes with what the container is. */
  form: z.string(),
});

/** How long a Traefik may take from its start until it routes by its document, in milliseconds. */
const START_LIMIT = 15_000;
/** How long one that runs may take to see that it has a document, in milliseconds. */
const SIGHT_LIMIT = 2_000;

interface Led {
  readonly engine?: z.output<typeof engine> | undefined;
  readonly containers?: readonly { readonly name: string; readonly host: string; readonly ready: number }[] | undefined;
}

/**
 * Starts what was stopped of a document's containers, and waits until those are healthy to which it leads more visitors
 * than the one before. The way back waits for no other: neither for what is left nor for another service.
 * @throws Error naming those that are not, with their last words
 */
export async function awaitContainers({ engine: address, containers = [] }: Led, before: string | null, text: string): Promise<void> {
  if (address === undefined) return;
  const gaining = new Set([...gainingServers(documentIn(before), readDocument(text).document)].map((url) => new URL(url).hostname));
  const [{ awaitHealthy }, { startIfStopped }] = await Promise.all([
    import("../../../net/docker/await-healthy.ts"),
    import("../../../net/docker/containers.ts"),
  ]);
  const isGaining = ({ host }: { readonly host: string }): boolean => host === "" || gaining.has(host);
  await withEngine(address, async (open) => {
    // One that cannot be started, and is led nobody new, shows in the status.
    const others = containers.filter((container) => !isGaining(container)).map(({ name }) => startIfStopped(open, name).catch(() => undefined));
    await Promise.all([...others, awaitHealthy(open, containers.filter(isGaining))]);
  });
}

/** Null where there is none that can be read: nobody knows then who was led where. */
function documentIn(text: string | null): ReadDocument | null {
  try {
    return text === null ? null : readDocument(text).document;
  } catch {
    return null;
  }
}

/** Whether one of a document's containers was stopped, so that an update has to start it. */
export async function hasStopped({ engine: address, containers = [] }: Led): Promise<boolean> {
  if (address === undefined) return false;
  const { listContainers } = await import("../../../net/docker/containers.ts");
  const found = await withEngine(address, (open) => listContainers(open, {})).catch(() => []);
  return found.some(({ name, running }) => !running && containers.some((container) => container.name === name));
}

/** What starts the Traefik of a document anew; nothing to say where it is no container. */
export function startedAnew({ reader }: { readonly reader?: string | undefined }): string | undefined {
  return reader === undefined ? undefined : `docker restart ${reader}, and \`pulumi up\` again`;
}

/**
 * Restarts a Traefik whose folder was deleted and made anew, where it does not take the first document of the new one:
 * a container looks at the folder that was there when it started.
 */
export async function restartBlind(
  { admin, engine: address, reader }: { readonly admin: string; readonly engine?: z.output<typeof engine> | undefined; readonly reader?: string | undefined },
  markerOf: () => Promise<string | null>,
): Promise<void> {
  if (address === undefined || reader === undefined || (await takesMarker(admin, markerOf, SIGHT_LIMIT))) return;
  const { restart } = await import("../../../net/docker/containers.ts");
  await withEngine(address, (open) => restart(open, reader));
  await takesMarker(admin, markerOf, START_LIMIT);
}

/** Whether a Traefik routes by its document now. */
export function routesByDocument({ admin, document }: z.output<typeof traefikContainer>): Promise<boolean> {
  return takesMarker(admin, async () => markerIn(await readIfThere(document)), 0);
}

/** Waits until a Traefik routes by its document. @throws Error with its last words, or saying that nobody can tell */
export async function awaitTraefik({ admin, document, engine: address, container }: z.output<typeof traefikContainer>): Promise<void> {
  const { inspectContainer, startIfStopped } = await import("../../../net/docker/containers.ts");
  await withEngine(address, (open) => startIfStopped(open, container));
  if (await takesMarker(admin, async () => markerIn(await readIfThere(document)), START_LIMIT)) return;
  const { quoteLog } = await import("../../../net/docker/await-healthy.ts");
  const [found, said] = await withEngine(address, (open) => Promise.all([inspectContainer(open, container), quoteLog(open, container)]));
  if (found?.status === "running" && !(await listens(admin))) {
    throw new Error(
      `Traefik's API does not answer at ${admin}, while container ${container} runs: nobody can tell whether it routes by its document, so nothing was taken away. Let docker.api lead there, for instance by a tunnel, then run \`pulumi up\` again.\n${said}`,
    );
  }
  const wayOut =
    (await readIfThere(document)) === null ? ", which is gone: `pulumi up --refresh` writes it anew, and restarts Traefik where that is needed" : "";
  throw new Error(`the Traefik at ${admin}, container ${container}, does not route by ${document}${wayOut}\n${said}`);
}

async function withEngine<T>({ host, certPath }: z.output<typeof engine>, task: (open: DockerEngine) => Promise<T>): Promise<T> {
  // Every start of the provider would wait for what the local target has no use for.
  const { openEngine } = await import("../../../net/docker/engine.ts");
  const open = await openEngine({ host: host ?? null, certPath: certPath ?? null });
  try {
    return await task(open);
  } finally {
    open.close();
  }
}
