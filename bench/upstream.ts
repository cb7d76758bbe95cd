/** The least that can stand behind Traefik: answers every request with two bytes, says on its first line where it listens, and ends with whoever started it. */
import { createServer } from "node:http";
import { portOf } from "../test/support/scratch-traefik.ts";

const server = createServer((_request, response) => {
  response.setHeader("content-type", "text/plain");
  response.end("ok");
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${portOf(server)}\n`));
process.stdin.on("end", () => process.exit(0)).resume();
