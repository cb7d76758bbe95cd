import { Agent as HttpAgent, type IncomingHttpHeaders, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";

/** What came back; `status` 0 when nothing did. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Why nothing came back; null when something did. */
  readonly error: string | null;
}

export interface Question {
  readonly method?: string;
  readonly path: string;
  /** May name the host, which `fetch` does not allow. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Connections that are kept open from one request to the next. */
export interface Connections {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** How many there may be at once to one server. */
  readonly most: number;
  destroy(): void;
}

/** Sends one HTTP request; never throws. Waits at most ten seconds. */
export function ask(base: string, question: Question, connections?: Connections): Promise<Answer> {
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ status: 0, headers: {}, body: "", error: error.message });
    const url = new URL(question.path, base);
    const [request, agent] = url.protocol === "https:" ? [requestHttps, connections?.https] : [requestHttp, connections?.http];
    const options = { method: question.method ?? "GET", headers: { ...question.headers }, timeout: 10_000, ...(agent === undefined ? {} : { agent }) };
    const outgoing = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString("utf8"), error: null }),
      );
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within 10 seconds")));
    outgoing.on("error", fail);
    outgoing.end();
  });
}

/** Keeps connections open from one request to the next. @param connections how many there may be at once */
export function keepAliveAgent(connections = Number.POSITIVE_INFINITY): Connections {
  const options = { keepAlive: true, maxSockets: connections };
  const [http, https] = [new HttpAgent(options), new HttpsAgent(options)];
  return {
    http,
    https,
    most: connections,
    destroy() {
      http.destroy();
      https.destroy();
    },
  };
}
