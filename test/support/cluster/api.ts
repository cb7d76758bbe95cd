import { Agent, request } from "node:https";
import { createInterface } from "node:readline";
import { z } from "zod";

/** An API server of Kubernetes, as one user sees it. */
export interface Api {
  /** @throws ApiError */
  get<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>>;
  /** Creates an object in a collection. @throws ApiError */
  post(path: string, body: object): Promise<void>;
  /** Changes an object by a merge patch. @throws ApiError */
  patch(path: string, body: object): Promise<void>;
  /** @throws ApiError */
  remove(path: string, body: object): Promise<void>;
  /** Hands on each line of an answer that has no end; resolves when it has ended after all. @throws ApiError */
  follow(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** A refusal, or no answer at all. */
export class ApiError extends Error {
  /** The status of the answer; 0 where there was none. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ApiAddress {
  readonly url: string;
  readonly token: string;
  /** The certificates that the server's is judged by, as PEM. */
  readonly authority: string;
}

export function connectApi({ url, token, authority }: ApiAddress): Api {
  // What follows a collection holds its connection for good.
  const [agent, following] = [new Agent({ keepAlive: true, ca: authority, maxSockets: 16 }), new Agent({ ca: authority })];
  const send = (
    method: string,
    path: string,
    body: object | null,
    type: string,
    onLine: ((line: string) => void) | null,
    signal?: AbortSignal,
  ): Promise<string> =>
    new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(new ApiError(0, `${method} ${path}: ${error.message}`));
      const content = body === null ? "" : JSON.stringify(body);
      const described = body === null ? {} : { "content-type": type, "content-length": Buffer.byteLength(content) };
      const headers = { authorization: `Bearer ${token}`, accept: "application/json", ...described };
      const outgoing = request(
        new URL(path, url),
        { method, agent: onLine === null ? agent : following, headers, ...(signal === undefined ? {} : { signal }) },
        (response) => {
          const status = response.statusCode ?? 0;
          response.on("error", fail);
          if (onLine !== null && status === 200) {
            createInterface({ input: response })
              .on("error", fail)
              .on("line", onLine)
              .on("close", () => resolve(""));
            return;
          }
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          response.on("end", () => (status >= 200 && status < 300 ? resolve(text) : reject(new ApiError(status, `${method} ${path}: ${status} ${text}`))));
        },
      );
      outgoing.on("error", fail);
      outgoing.end(content);
    });
  return {
    get: async (path, schema) => schema.parse(JSON.parse(await send("GET", path, null, "", null))),
    post: async (path, body) => {
      await send("POST", path, body, "application/json", null);
    },
    patch: async (path, body) => {
      await send("PATCH", path, body, "application/merge-patch+json", null);
    },
    remove: async (path, body) => {
      await send("DELETE", path, body, "application/json", null);
    },
    follow: async (path, onLine, signal) => {
      await send("GET", path, null, "", onLine, signal);
    },
    close: () => {
      agent.destroy();
      following.destroy();
    },
  };
}
