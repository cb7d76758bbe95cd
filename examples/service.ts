/**
 * A service to try Sluice on. It answers with what it knows of the request's flags, from its
 * environment (`env` delivery) or from request headers (`header` delivery), and keeps a cookie of its
 * own, as applications do. With the name of a flag as argument, half of its answers fail where that flag is on.
 */
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const port = Number(process.env["PORT"]);
const service = process.env["SLUICE_SERVICE"] ?? "service";
const fromEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name, value]) => (value === "true" || value === "false" ? /^[A-Z0-9_]+_ENABLED$/.test(name) : false)),
);

const faulty = process.argv[2];
const failing = faulty !== undefined && fromEnv[faulty] === "true";
let answered = 0;

const server = createServer((request, response) => {
  const fromHeaders = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name.startsWith("x-flag-")));
  if (request.headers.cookie?.includes("session=") !== true) response.setHeader("set-cookie", "session=own; Path=/");
  answered += 1;
  if (failing && answered % 2 === 0) response.statusCode = 500;
  response.setHeader("content-type", "application/json");
  const body = {
    service,
    variant: process.env["SLUICE_VARIANT"] ?? null,
    pid: process.pid,
    flags: { ...fromEnv, ...fromHeaders },
    bucket: request.headers["x-sluice-bucket"] ?? null,
    tester: request.headers["x-sluice-tester"] ?? null,
    path: request.url,
    cookie: request.headers.cookie ?? null,
  };
  const delay = Number(new URL(request.url ?? "/", "http://localhost").searchParams.get("delay") ?? 0);
  void sleep(Math.min(delay, 10_000)).then(() => response.end(`${JSON.stringify(body)}\n`));
});

server.on("error", (error) => {
  process.stderr.write(`${service} cannot listen on port ${port}: ${error.message}\n`);
  process.exit(1);
});
server.listen(port, "127.0.0.1");

/** Finishes what it has begun, then ends; also when the process that started it is gone. */
function drain(): void {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}
process.once("SIGTERM", drain);
process.once("SIGINT", drain);
process.stdin.on("end", drain).on("error", drain).resume();
