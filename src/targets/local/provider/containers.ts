import { basename } from "node:path";
import { z } from "zod/mini";
import { readIfThere } from "../../../files/read-if-there.ts";
import type { DockerEngine } from "../../../net/docker/engine.ts";
import { takesMarker } from "../../../net/running-traefik.ts";
import { markerIn } from "../../../traefik/names.ts";

/** A Docker engine; what is not said is as Docker's own programs have it. */
const engine = z.object({ host: z.optional(z.string()), certPath: z.optional(z.string()) });

/** The properties of a document that leads to containers. */
export const containerProperties = {
  /** The containers, each with the milliseconds that it may take to become healthy. */
  containers: z.optional(z.array(z.object({ name: z.string(), ready: z.number() }))),
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

/** Waits until every container of a document is healthy. @throws Error naming those that are not, with their last words */
export async function awaitContainers(next: {
  readonly engine?: z.output<typeof engine> | undefined;
  readonly containers?: readonly { readonly name: string; readonly ready: number }[] | undefined;
}): Promise<void> {
  const { engine: address, containers = [] } = next;
  if (address === undefined) return;
  const { awaitHealthy } = await import("../../../net/docker/await-healthy.ts");
  await withEngine(address, (open) => awaitHealthy(open, containers));
}

/** Waits until a Traefik routes by its document. @throws Error with its last words */
export async function awaitTraefik({ admin, document, engine: address, container }: z.output<typeof traefikContainer>): Promise<void> {
  const { startIfStopped } = await import("../../../net/docker/containers.ts");
  await withEngine(address, (open) => startIfStopped(open, container));
  if (await takesMarker(admin, async () => markerIn(await readIfThere(document)), START_LIMIT)) return;
  const { quoteLog } = await import("../../../net/docker/await-healthy.ts");
  const said = await withEngine(address, (open) => quoteLog(open, container));
  throw new Error(`the Traefik at ${admin}, container ${container}, does not route by ${document}\n${said}`);
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
