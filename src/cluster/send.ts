import { type OutgoingHttpHeaders, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Credentials } from "./credentials.ts";

/** How long a request may take, from the begin of its connection to the end of its answer, in milliseconds. What waits for one of others does not count. */
export const ANSWER_LIMIT = 5_000;

export interface Sent {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly body: string | null;
  readonly contentType: string;
}

export interface Received {
  readonly status: number;
  readonly body: string;
}

/** Sends one request. @param within milliseconds @throws Error saying why nothing came back in time */
export function send({ agent, headers: own }: Credentials, { method, url, body, contentType }: Sent, within = ANSWER_LIMIT): Promise<Received> {
  return new Promise((resolve, reject) => {
    const described = body === null ? {} : { "content-type": contentType, "content-length": Buffer.byteLength(body) };
    const given = Object.fromEntries(Object.entries(own).map(([key, value]) => [key, typeof value === "string" ? value : [...value]]));
    const headers: OutgoingHttpHeaders = { accept: "application/json", "user-agent": "sluice", ...given, ...described };
    const start = url.protocol === "http:" ? requestHttp : requestHttps;
    const outgoing = start(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => {
        clearTimeout(limit);
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    let limit: NodeJS.Timeout | undefined;
    outgoing.on("socket", () => {
      limit = setTimeout(() => outgoing.destroy(new Error(`no answer within ${within / 1000} s`)), within);
    });
    function fail(error: Error): void {
      clearTimeout(limit);
      reject(error);
    }
    outgoing.on("error", fail);
    outgoing.end(body ?? undefined);
  });
}
