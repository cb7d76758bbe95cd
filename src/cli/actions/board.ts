import { readProject } from "../../operations/project.ts";
import { serveBoard } from "../board/serve-board.ts";
import { EXIT } from "../exit-codes.ts";
import { waitForEnd } from "../wait-for-end.ts";

/** Serves the board until a signal ends it. */
export async function board(root: string, port: number, keep: boolean): Promise<number> {
  await readProject(root);
  const ended = waitForEnd(keep);
  const served = await serveBoard(root, port, (error) => process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`));
  process.stdout.write(`The board is at ${served.url}; it only reads. Ctrl-C ends it.\n`);
  process.stdout.write(`ending: ${await ended}\n`);
  await served.stop();
  return EXIT.ok;
}
