import { readFile } from "node:fs/promises";
import { Agent, type IncomingHttpHeaders, request as requestPlain } from "node:http";
import { request as requestTls, Agent as TlsAgent } from "node:https";
import { join } from "node:path";
import { agentOverSsh } from "./over-ssh.ts";

/** Where an engine is; null for `DOCKER_HOST` or the local socket, and for no TLS. */
export interface EngineAddress {
  readonly host: string | null;
  readonly certPath: string | null;
}

/** What an engine answered. */
export interface EngineAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: IncomingHttpHeaders;
}

/** The HTTP API of a Docker engine. */
export interface DockerEngine {
  /** Its address, for people. */
  readonly host: string;
  /** @throws Error saying why it does not answer, and what to do */
  ask(method: "GET" | "HEAD" | "PUT" | "POST", path: string, body?: Buffer): Promise<EngineAnswer>;
  close(): void;
}

const LOCAL_SOCKET = "unix:///var/run/docker.sock";
/** Milliseconds that an answer may take, where nobody says otherwise. */
const LIMIT = 10_000;

/** The address that is meant, as Docker's own programs find it. */
export function engineHost({ host }: EngineAddress): string {
  return host ?? (process.env["DOCKER_HOST"] || LOCAL_SOCKET);
}

/**
 * Speaks to an engine as Docker's own client does: over a socket, TCP with TLS, or the `ssh` of this machine.
 * @param limit milliseconds that an answer may take
 * @throws Error where the certificates cannot be read
 */
export async function openEngine(address: EngineAddress, limit = LIMIT): Promise<DockerEngine> {
  const host = engineHost(address);
  const { options, agent, send } = await clientOf(address, host);
  const shown = shownHost(host);
  return {
    host: shown,
    ask: (method, path, body) =>
      new Promise((resolve, reject) => {
        const fail = (error: NodeJS.ErrnoException): void => {
          clearTimeout(timer);
          reject(new Error(whyNot(shown, error)));
        };
        const headers = body === undefined ? {} : { "content-type": "application/x-tar", "content-length": body.length };
        const outgoing = send({ ...options, agent, method, path, headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", fail);
          response.on("end", () => {
            clearTimeout(timer);
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks), headers: response.headers });
          });
        });
        // The whole of it: what stands in for a socket over ssh knows no limit of its own.
        const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${limit / 1000} s`)), limit);
        outgoing.on("error", fail);
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** An address for people: a password in it is for nobody. */
function shownHost(host: string): string {
  const url = new URL(host);
  if (url.password === "") return host;
  url.password = "";
  return url.href;
}

async function clientOf(address: EngineAddress, host: string) {
  const { protocol, hostname, port, pathname } = new URL(host);
  if (protocol === "unix:") return { options: { socketPath: pathname }, agent: new Agent({ keepAlive: true }), send: requestPlain };
  if (protocol === "ssh:") return { options: { host: "docker" }, agent: agentOverSsh(host), send: requestPlain };
  const certPath = address.certPath ?? (process.env["DOCKER_CERT_PATH"] || null);
  if (certPath === null) return { options: { host: hostname, port: port || 2375 }, agent: new Agent({ keepAlive: true }), send: requestPlain };
  const [ca, cert, key] = await Promise.all(["ca.pem", "cert.pem", "key.pem"].map((name) => readFile(join(certPath, name))));
  return { options: { host: hostname, port: port || 2376 }, agent: new TlsAgent({ keepAlive: true, ca, cert, key }), send: requestTls };
}

function whyNot(host: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "EACCES":
    case "EPERM":
      return `this user may not use the Docker engine at ${host}. Join the group of its socket (sudo usermod -aG docker $USER, then log in again), or name an engine of your own in docker.host`;
    case "ENOENT":
    case "ECONNREFUSED":
      return `no Docker engine answers at ${host} (${error.code}). Start it (sudo systemctl start docker, or Docker Desktop), or say in docker.host where it is`;
    default:
      return `the Docker engine at ${host} does not answer: ${error.message || (error.code ?? "the connection broke off")}`;
  }
}
