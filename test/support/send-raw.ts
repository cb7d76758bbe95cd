import { connect } from "node:net";

/** How long a connection may stay silent before it is given up, in milliseconds. */
const LIMIT = 10_000;

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Its status line and headers. */
  readonly head: string;
  readonly body: string;
}

/**
 * Sends bytes as they are, which no HTTP client would, and reads until the other side closes: let the last request
 * say `Connection: close`.
 * @returns every answer on the connection, in order; bodies must have a length
 * @throws Error where the other side stays silent without closing
 */
export function sendRaw(url: string, text: string): Promise<readonly RawAnswer[]> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(text, "latin1"));
    socket.setTimeout(LIMIT, () => socket.destroy(new Error(`no end of the answer within ${LIMIT / 1000} seconds`)));
    socket.on("data", (chunk) => chunks.push(chunk));
    // Who refuses a request may close while it is still being sent.
    socket.on("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" || error.code === "EPIPE" ? undefined : reject(error)));
    socket.on("close", () => resolve(answersIn(Buffer.concat(chunks).toString("latin1"))));
  });
}

/** The head of a request, from its lines: the first, then headers. */
export function rawRequest(...lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A GET that is the last on its connection. */
export function rawGet(target: string, ...headers: readonly string[]): string {
  return rawRequest(`GET ${target} HTTP/1.1`, "Host: shop.example", ...headers, "Connection: close");
}

/** Sends one request as bytes. @throws Error where nothing or more than one answer comes back */
export async function askRaw(url: string, text: string): Promise<RawAnswer> {
  const answers = await sendRaw(url, text);
  const [answer] = answers;
  if (answer === undefined || answers.length > 1) throw new Error(`${answers.length} answers came back`);
  return answer;
}

function answersIn(text: string): RawAnswer[] {
  const head = /^HTTP\/1\.[01] (\d{3})[^]*?\r\n\r\n/.exec(text);
  if (head === null) return [];
  const rest = text.slice(head[0].length);
  const length = Number(/^content-length: *(\d+)/im.exec(head[0])?.[1] ?? rest.length);
  return [{ status: Number(head[1]), head: head[0], body: rest.slice(0, length) }, ...answersIn(rest.slice(length))];
}
