import { createAdaptorServer } from "@hono/node-server";
import { type LiveBoard, startLiveBoard } from "../../operations/board/live-board.ts";
import { OperationError } from "../../operations/errors.ts";
import { boardApp } from "./app.ts";
import { readAssets } from "./assets.ts";

/** A board that is being served. */
export interface ServedBoard {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves the board of a project on loopback.
 * @param onError is told what is a fault of ours
 * @throws OperationError (`busy`) when the port cannot be had
 */
export async function serveBoard(
  root: string,
  port: number,
  onError: (error: unknown) => void,
  start: (root: string, now: () => Date, onError: (error: unknown) => void) => Promise<LiveBoard> = startLiveBoard,
): Promise<ServedBoard> {
  const now = (): Date => new Date();
  const [assets, live] = await Promise.all([readAssets(), start(root, now, onError)]);
  const server = createAdaptorServer({ fetch: boardApp({ live, assets, port, now, onError }).fetch });
  const listening = Promise.withResolvers<null>();
  server.once("error", listening.reject);
  server.listen(port, "127.0.0.1", () => listening.resolve(null));
  try {
    await listening.promise;
  } catch (error) {
    await live.stop();
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperationError("busy", `The board cannot listen on port ${port}: ${reason}. Another one: npx sluice board --port ${port + 1}`);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      if ("closeAllConnections" in server) server.closeAllConnections();
      await Promise.all([closed, live.stop()]);
    },
  };
}
