import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { freePort } from "../scratch-traefik.ts";

export interface Registry {
  /** Such as `127.0.0.1:40123`; an engine asks it without TLS, because it is on loopback. */
  readonly address: string;
  readonly username: string;
  readonly password: string;
  /** The digests of the manifests that it was asked for and gave. */
  readonly pulled: readonly string[];
  /** Takes an image of an engine over. @returns its name by digest */
  take(docker: Docker, image: string, repository: string): Promise<string>;
  stop(): Promise<void>;
}

/** A registry that asks who pulls, of the tests' own: as much of the OCI Distribution Specification 1.1 as an engine uses. */
export async function startRegistry(password: string): Promise<Registry> {
  const username = "robot";
  const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, { readonly type: string; readonly body: Buffer }>();
  const uploads = new Map<string, Buffer[]>();
  const pulled: string[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://registry");
    const body = await buffer(request);
    const answer = (status: number, headers: Readonly<Record<string, string | number>> = {}, content: Buffer = Buffer.alloc(0)): ServerResponse => {
      response.writeHead(status, { "content-length": content.length, ...headers });
      return response.end(request.method === "HEAD" ? undefined : content);
    };
    if (request.headers.authorization !== wanted) return answer(401, { "www-authenticate": 'Basic realm="tests"' });
    const [, , name = "", kind, reference = ""] = /^(\/v2\/)(.*)\/(manifests|blobs)\/(.*)$/.exec(pathname) ?? [];
    if (kind === undefined) return answer(200);
    if (kind === "manifests") {
      if (request.method === "PUT") {
        const digest = digestOf(body);
        for (const key of [digest, reference]) manifests.set(`${name}@${key}`, { type: request.headers["content-type"] ?? "", body });
        return answer(201, { "docker-content-digest": digest, location: pathname });
      }
      const found = manifests.get(`${name}@${reference}`);
      if (found === undefined) return answer(404);
      pulled.push(digestOf(found.body));
      return answer(200, { "content-type": found.type, "docker-content-digest": digestOf(found.body), "content-length": found.body.length }, found.body);
    }
    if (request.method === "GET" || request.method === "HEAD") {
      const blob = blobs.get(reference);
      return blob === undefined ? answer(404) : answer(200, { "content-type": "application/octet-stream", "content-length": blob.length }, blob);
    }
    const id = request.method === "POST" ? randomUUID() : reference.replace("uploads/", "");
    const parts = [...(uploads.get(id) ?? []), body];
    uploads.set(id, parts);
    const digest = searchParams.get("digest");
    const size = Buffer.concat(parts).length;
    if (request.method !== "PUT" || digest === null) {
      return answer(202, { location: `/v2/${name}/blobs/uploads/${id}`, range: `0-${Math.max(0, size - 1)}`, "docker-upload-uuid": id });
    }
    blobs.set(digest, Buffer.concat(parts));
    uploads.delete(id);
    return answer(201, { "docker-content-digest": digest, location: `/v2/${name}/blobs/${digest}` });
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = `127.0.0.1:${port}`;
  return {
    address,
    username,
    password,
    pulled,
    async take(docker, image, repository) {
      const name = `${address}/${repository}`;
      await docker.getImage(image).tag({ repo: name, tag: "pushed" });
      const progress = await docker.getImage(name).push({ tag: "pushed", authconfig: { username, password, serveraddress: address } });
      await new Promise((resolve, reject) => {
        docker.modem.followProgress(progress, (error) => (error === null ? resolve(null) : reject(error)));
      });
      const manifest = manifests.get(`${repository}@pushed`);
      if (manifest === undefined) throw new Error(`the engine did not push ${name}`);
      return `${name}@${digestOf(manifest.body)}`;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
