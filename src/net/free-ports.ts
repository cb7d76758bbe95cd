import { createServer } from "node:net";

/** Why a port cannot be listened on, as Node.js's error code; null when it can. */
export function whyTaken(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/**
 * Listens on a port of loopback only so that nobody else can, until it is let go of or the process ends.
 * @returns what lets go of it; null where another has it
 */
export function holdPort(port: number): Promise<(() => Promise<void>) | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", () => resolve(null));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => {
      server.unref();
      resolve(() => new Promise<void>((released) => server.close(() => released())));
    });
  });
}

/**
 * The first base of a list at which every offset is a free port of loopback; null when there is none.
 * A port may be taken between the look and its use.
 */
export async function findFreeBase(bases: Iterable<number>, offsets: readonly number[]): Promise<number | null> {
  for (const base of bases) {
    const reasons = await Promise.all(offsets.map((offset) => whyTaken("127.0.0.1", base + offset)));
    if (reasons.every((reason) => reason === null)) return base;
  }
  return null;
}
