import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { portOf } from "./scratch-traefik.ts";

/** A server that answers as a test wants it to. */
export interface Answering {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startAnswering(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Answering> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
