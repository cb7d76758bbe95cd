import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoutedTraefik, readEcho, startRoutedTraefik } from "../support/routed-traefik.ts";
import { rawGet, rawRequest, sendRaw } from "../support/send-raw.ts";

let traefik: RoutedTraefik;
beforeAll(async () => {
  traefik = await startRoutedTraefik();
  await traefik.route({ AGENT_ENABLED: false });
});
afterAll(() => traefik.stop());

const post = (...headers: readonly string[]): string => rawRequest("POST /voice?first HTTP/1.1", "Host: shop.example", ...headers);
const SECOND = rawGet("/voice?second");

/** The answers to a first request and a second one on the same connection: of each its status, and the path that the application saw. */
async function exchange(text: string): Promise<readonly string[]> {
  const answers = await sendRaw(traefik.url, text);
  return answers.map(({ status, body }) => (status === 200 ? `200 ${readEcho(body).path}` : String(status)));
}

/** The next visitor, on a connection of their own to Traefik and on one that Traefik may have kept to the application. */
async function expectNextIsWell(): Promise<void> {
  for (let visitor = 0; visitor < 3; visitor += 1) expect(await exchange(rawGet("/voice?next"))).toEqual(["200 /voice?next"]);
}

describe("a request of two lengths", () => {
  it("ends where its chunks do, and what follows is a request of its own, held against the routes", async () => {
    const both = post("Content-Length: 6", "Transfer-Encoding: chunked");
    expect(await exchange(`${both}0\r\n\r\nG${SECOND}`)).toEqual(["200 /voice?first", "400"]);
    expect(await exchange(`${both}0\r\n\r\n${rawGet("/agent")}`)).toEqual(["200 /voice?first", "404"]);
    await expectNextIsWell();
  });

  it("comes to the application with one", async () => {
    const [first] = await sendRaw(traefik.url, `${post("Content-Length: 6", "Transfer-Encoding: chunked")}0\r\n\r\n${SECOND}`);
    expect(readEcho(first?.body ?? "").headers).toMatchObject({ "transfer-encoding": "chunked" });
    expect(readEcho(first?.body ?? "").headers).not.toHaveProperty("content-length");
  });

  it.each([
    ["that differ", "Content-Length: 5", "Content-Length: 6"],
    ["in one line", "Content-Length: 5, 5"],
    ["with a sign", "Content-Length: +5"],
    ["below zero", "Content-Length: -1"],
    ["in hexadecimal", "Content-Length: 0x5"],
    ["that is none", "Content-Length:"],
  ])("%s is refused, and nothing after it is read", async (_what, ...lines) => {
    expect(await exchange(`${post(...lines)}abcde${SECOND}`)).toEqual(["400"]);
    await expectNextIsWell();
  });

  it("that agree is one request", async () => {
    expect(await exchange(`${post("Content-Length: 5", "Content-Length: 5")}abcde${SECOND}`)).toEqual(["200 /voice?first", "200 /voice?second"]);
  });
});

describe("a disguised Transfer-Encoding", () => {
  it.each([
    ["of another name", ["Transfer-Encoding: xchunked"], ["501"]],
    ["beside another", ["Transfer-Encoding: chunked", "Transfer-Encoding: x"], ["501"]],
    ["in a list", ["Transfer-Encoding: chunked, identity"], ["501"]],
    ["of identity", ["Transfer-Encoding: identity"], ["501"]],
    ["with a space before its colon", ["Transfer-Encoding : chunked"], ["400"]],
    ["cut by a line feed", ["Transfer-Encoding\n: chunked"], ["400"]],
    ["with a vertical tab", ["Transfer-Encoding: \x0bchunked"], ["400"]],
  ])("%s is refused", async (_what, lines, answers) => {
    expect(await exchange(`${post("Content-Length: 5", ...lines)}0\r\n\r\n${SECOND}`)).toEqual(answers);
    await expectNextIsWell();
  });

  it.each([
    ["after a tab", ["Transfer-Encoding:\tchunked"]],
    ["in capitals", ["Transfer-Encoding: CHUNKED"]],
    ["after a bare line feed", ["X-Other: a\nTransfer-Encoding: chunked"]],
    ["with an underscore, which is none", ["Transfer_Encoding: chunked"]],
  ])("%s is read by Traefik and application alike", async (_what, lines) => {
    expect(await exchange(`${post("Content-Length: 5", ...lines)}0\r\n\r\n${SECOND}`)).toEqual(["200 /voice?first", "200 /voice?second"]);
    await expectNextIsWell();
  });
});

describe("a chunk", () => {
  it.each([
    ["with an extension", "5;x=y\r\n"],
    ["with leading zeros", "0005\r\n"],
  ])("%s is read by Traefik and application alike", async (_what, size) => {
    expect(await exchange(`${post("Transfer-Encoding: chunked")}${size}abcde\r\n0\r\n\r\n${SECOND}`)).toEqual(["200 /voice?first", "200 /voice?second"]);
  });

  it.each([
    ["with a sign", "+5\r\n"],
    ["that ends with a line feed alone", "5\n"],
    ["of no number", "g\r\n"],
    ["too long for any number", "FFFFFFFFFFFFFFFF5\r\n"],
    ["with a line feed in its extension", "5;\nx\r\n"],
  ])("%s ends the connection, and nothing after it is read", async (_what, size) => {
    const answers = await exchange(`${post("Transfer-Encoding: chunked")}${size}abcde\r\n0\r\n\r\n${SECOND}`);
    expect(answers.filter((answer) => answer.includes("second"))).toEqual([]);
    await expectNextIsWell();
  });
});

describe("a request line", () => {
  it.each([
    ["GET /voice", "400"],
    ["GET  /voice HTTP/1.1", "400"],
    ["GET /voice\tHTTP/1.1", "400"],
    ["GET /voice HTTP/0.9", "505"],
    ["CONNECT shop.example:80 HTTP/1.1", "404"],
    ["PRI * HTTP/2.0", "404"],
  ])("%j is answered with %s and comes to no application", async (line, status) => {
    expect(await exchange(rawRequest(line, "Host: shop.example", "Connection: close"))).toEqual([status]);
    await expectNextIsWell();
  });
});
