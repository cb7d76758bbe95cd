import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { Server as NetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeAtomically } from "../../src/files/write-atomically.ts";
import { ask } from "../../src/net/ask.ts";
import type { Child } from "../../src/operations/serve/child.ts";
import { startTraefik } from "../../src/operations/serve/traefik.ts";
import { requireTraefik } from "../../src/setup/traefik.ts";
import { until } from "./wait.ts";

/** A real Traefik on a document that a test writes. */
export interface ScratchTraefik {
  readonly url: string;
  readonly admin: string;
  /** Of its document. */
  readonly path: string;
  /** Writes the text of a document, and waits until Traefik has this revision. */
  load(text: string, revision: string): Promise<void>;
  /** Writes one without waiting. */
  write(text: string): Promise<void>;
  stop(): Promise<void>;
}

/** @param onLine is told each line of its log, which has errors only */
export async function startScratchTraefik(onLine: (line: string) => void = () => undefined): Promise<ScratchTraefik> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-traefik-"));
  await mkdir(join(folder, "traefik"));
  const [port, adminPort] = [await freePort(), await freePort()];
  const local = { kind: "local" as const, host: "127.0.0.1", port, adminPort, workloadPorts: {}, directory: null };
  const path = join(folder, "traefik", "dynamic.yaml");
  const child: Child = await startTraefik({ stage: "test", binary: await requireTraefik(), local, document: path, cwd: folder }, onLine);
  const admin = `http://127.0.0.1:${adminPort}`;
  const write = (text: string): Promise<void> => writeAtomically(path, text, 0o600);
  return {
    url: `http://127.0.0.1:${port}`,
    admin,
    path,
    write,
    async load(text, revision) {
      await write(text);
      await until(
        `Traefik has revision ${revision}`,
        async () => (await ask(admin, { path: `/api/http/middlewares/revision-${revision}@file` })).status === 200,
      );
    },
    async stop() {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A service that answers with its name, and the request's path and headers as it got them. */
export interface Echo {
  readonly url: string;
  stop(): void;
}

/** @param answer headers of its answers beside a cookie of its own, or instead */
export async function startEcho(name: string, answer: Readonly<Record<string, string>> = {}): Promise<Echo> {
  const server: Server = createServer((request, response) => {
    for (const [header, value] of Object.entries({ "Set-Cookie": "session=own; Path=/", ...answer })) response.setHeader(header, value);
    response.end(JSON.stringify({ name, path: request.url, headers: request.headers }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server);
  return { url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

/** A port of loopback that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The port that a server listens on. */
export function portOf(server: NetServer): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server does not listen");
  return address.port;
}
