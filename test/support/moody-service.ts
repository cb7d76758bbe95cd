/**
 * A service whose variants with a flag can be told to fail: the file that is its argument says which share
 * of requests, `{"errors": 0.5}`, and by how much they are late, `{"delay": 100}`.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod/mini";

const moodSchema = z.object({ errors: z._default(z.number(), 0), delay: z._default(z.number(), 0) });
const on = Object.entries(process.env).some(([name, value]) => /^[A-Z0-9_]+_ENABLED$/.test(name) && value === "true");
let served = 0;
let failed = 0;

function mood(): z.infer<typeof moodSchema> {
  const path = process.argv[2];
  if (path === undefined || !on) return { errors: 0, delay: 0 };
  try {
    return moodSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return { errors: 0, delay: 0 };
  }
}

const server = createServer((_request, response) => {
  const { errors, delay } = mood();
  served += 1;
  const fails = failed < served * errors;
  if (errors === 0) served = 0;
  if (errors === 0 || served === 1) failed = 0;
  if (fails) failed += 1;
  response.statusCode = fails ? 500 : 200;
  response.setHeader("content-type", "application/json");
  void sleep(delay).then(() =>
    response.end(`${JSON.stringify({ variant: process.env["SLUICE_VARIANT"] ?? null, pid: process.pid, flags: { AGENT_ENABLED: String(on) } })}\n`),
  );
});
server.listen(Number(process.env["PORT"]), "127.0.0.1");

function drain(): void {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}
process.once("SIGTERM", drain);
process.stdin.on("end", drain).on("error", drain).resume();
