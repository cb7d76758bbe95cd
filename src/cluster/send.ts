import { type OutgoingHttpHeaders, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Credentials } from "./credentials.ts";

/** How long a request may take, from the connection to the end of its answer, in milliseconds. */
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

/** Sends one request. @throws Error saying why nothing came back in time */
export function send({ agent, headers: own }: Credentials, { method, url, body, contentType }: Sent): Promise<Received> {
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
    const limit = setTimeout(() => outgoing.destroy(new Error(`no answer within ${ANSWER_LIMIT / 1000} s`)), ANSWER_LIMIT);
    function fail(error: Error): void {
      clearTimeout(limit);
      reject(error);
    }
    outgoing.on("error", fail);
    outgoing.end(body ?? undefined);
  });
}
