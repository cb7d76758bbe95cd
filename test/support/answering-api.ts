import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type ClusterClient, openCluster } from "../../src/cluster/client.ts";
import { startAnswering } from "./answering.ts";

/** A request as the API server got it. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What it answers; null for never. */
export type Answer = { readonly status: number; readonly body: unknown } | null;

/** An API server that answers as a test wants it to, and a client of it. */
export interface AnsweringApi {
  readonly url: string;
  readonly folder: string;
  readonly asked: readonly Asked[];
  open(user?: object, cluster?: object): Promise<ClusterClient>;
  stop(): Promise<void>;
}

export async function startAnsweringApi(answer: (asked: Asked) => Answer): Promise<AnsweringApi> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-api-"));
  const asked: Asked[] = [];
  const server = await startAnswering((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
      asked.push(one);
      const given = answer(one);
      if (given !== null) response.writeHead(given.status, { "content-type": "application/json" }).end(JSON.stringify(given.body));
    });
  });
  return {
    url: server.url,
    folder,
    asked,
    async open(user = { token: "t0ken" }, more = {}) {
      const path = join(folder, "kubeconfig");
      const clusters = [{ name: "eu", cluster: { server: server.url, ...more } }];
      await writeFile(path, stringify({ clusters, users: [{ name: "me", user }], contexts: [{ name: "prod-eu", context: { cluster: "eu", user: "me" } }] }));
      return openCluster({ kubeconfig: path, context: "prod-eu" });
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
