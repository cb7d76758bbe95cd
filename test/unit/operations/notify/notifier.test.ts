import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createNotifier, type NotifierOptions } from "../../../../src/operations/notify/notifier.ts";

const message = { text: "dev: promote MY_FLAG: done", blocks: [] };
const options: NotifierOptions = { tryLimit: 150, totalLimit: 2_000, retries: 2, firstDelay: 10 };
const TOKEN = "/services/T0/B0/very-secret-token";

let server: Server | HttpServer | null = null;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  server = null;
});

async function listen(made: Server | HttpServer): Promise<string> {
  server = made;
  made.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = made.address();
  return `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}${TOKEN}`;
}

/** A webhook that answers with these statuses, the last one ever after. */
async function webhook(statuses: readonly number[], headers: Record<string, string> = {}): Promise<{ readonly url: string; readonly bodies: string[] }> {
  const bodies: string[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      bodies.push(Buffer.concat(chunks).toString("utf8"));
      response.writeHead(statuses[bodies.length - 1] ?? statuses.at(-1) ?? 200, headers).end("ok");
    });
  };
  return { url: await listen(createHttpServer(listener)), bodies };
}

describe("a webhook", () => {
  it("gets every message, in order", async () => {
    const { url, bodies } = await webhook([200]);
    const notifier = createNotifier(url, options);
    for (const text of ["one", "two", "three"]) notifier.tell({ text, blocks: [] });
    expect(await notifier.drain(5_000)).toEqual({ failed: null });
    expect(bodies).toEqual(['{"text":"one","blocks":[]}', '{"text":"two","blocks":[]}', '{"text":"three","blocks":[]}']);
  });

  it.each([
    ["429", [429, 200]],
    ["500 and 503", [500, 503, 200]],
  ])("is tried again after %s", async (_case, statuses) => {
    const { url, bodies } = await webhook(statuses);
    const notifier = createNotifier(url, options);
    notifier.tell(message);
    expect(await notifier.drain(5_000)).toEqual({ failed: null });
    expect(bodies).toHaveLength(statuses.length);
  });

  it.each([
    ["400", 400, 1],
    ["404", 404, 1],
    ["500 at every try", 500, 3],
  ])("that answers %s gets no more tries than make sense", async (_case, status, tries) => {
    const { url, bodies } = await webhook([status]);
    const notifier = createNotifier(url, options);
    notifier.tell(message);
    expect(await notifier.drain(5_000)).toEqual({ failed: `1 of 1 messages did not reach the webhook: it answered with status ${status}` });
    expect(bodies).toHaveLength(tries);
  });

  it("is not followed elsewhere", async () => {
    const { url, bodies } = await webhook([302], { location: "http://127.0.0.1:1/" });
    const notifier = createNotifier(url, options);
    notifier.tell(message);
    expect((await notifier.drain(5_000)).failed).toBe("1 of 1 messages did not reach the webhook: it answered with status 302");
    expect(bodies).toHaveLength(1);
  });

  it("that fails for one message gets the next", async () => {
    const { url, bodies } = await webhook([400, 200]);
    const notifier = createNotifier(url, options);
    notifier.tell(message);
    notifier.tell(message);
    expect((await notifier.drain(5_000)).failed).toBe("1 of 2 messages did not reach the webhook: it answered with status 400");
    expect(bodies).toHaveLength(2);
  });

  it("is not told its own address", async () => {
    const { url, bodies } = await webhook([200]);
    const notifier = createNotifier(url, options);
    notifier.tell({ text: `posted to ${url}`, blocks: [{ text: url }] });
    await notifier.drain(5_000);
    expect(bodies).toEqual(['{"text":"posted to (secret)","blocks":[{"text":"(secret)"}]}']);
  });
});

describe("a webhook that misbehaves", () => {
  const answer = (act: (socket: Socket) => void): Promise<string> =>
    listen(
      createServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", () => act(socket));
      }),
    );
  const failure = async (url: string, limit = 5_000): Promise<string> => {
    const notifier = createNotifier(url, options);
    const started = performance.now();
    notifier.tell(message);
    expect(performance.now() - started).toBeLessThan(50);
    const { failed } = await notifier.drain(limit);
    expect(performance.now() - started).toBeLessThan(Math.min(limit, 2_500) + 500);
    expect(failed ?? "").not.toMatch(/secret-token|127\.0\.0\.1/);
    return failed ?? "";
  };

  it("by never answering is given up after its tries", async () => {
    expect(await failure(await answer(() => undefined))).toBe("1 of 1 messages did not reach the webhook: no answer within 150 ms");
  });

  it("by never answering holds nothing up for longer than it is waited for", async () => {
    expect(await failure(await answer(() => undefined), 100)).toBe("1 of 1 messages did not reach the webhook: no answer within 100 ms");
  });

  it("by closing the connection", async () => {
    expect(await failure(await answer((socket) => socket.destroy()))).toMatch(/the request failed \((ECONNRESET|UND_ERR_SOCKET)\)$/);
  });

  it("by answering nonsense", async () => {
    expect(await failure(await answer((socket) => socket.end("220 mail.example.org ESMTP\r\n")))).toMatch(/the request failed( \(\w+\))?$/);
  });

  it("by not being there", async () => {
    const url = await answer(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    server = null;
    expect(await failure(url)).toMatch(/the request failed \(ECONNREFUSED\)$/);
  });

  it("by an answer whose body never ends, which has arrived all the same", async () => {
    const url = await answer((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nok"));
    expect(await failure(url)).toBe("");
  });

  it("by an address that cannot be asked", async () => {
    expect(await failure("http://user:very-secret-token@example.invalid/")).toMatch(/the request failed$/);
  });
});

describe("no webhook", () => {
  it("is no failure", async () => {
    const notifier = createNotifier(null);
    notifier.tell(message);
    expect(await notifier.drain(1_000)).toEqual({ failed: null });
  });

  it("because it could not be read is told at the end", async () => {
    const notifier = createNotifier(Promise.resolve({ url: null, warning: "The webhook of dev could not be read" }));
    notifier.tell(message);
    expect(await notifier.drain(1_000)).toEqual({ failed: "The webhook of dev could not be read" });
  });

  it("because the search for it failed, or does not end", async () => {
    expect(await createNotifier(Promise.reject(new Error("boom"))).drain(1_000)).toEqual({ failed: "The webhook could not be read, so nobody is told." });
    const endless = createNotifier(new Promise(() => undefined));
    expect(await endless.drain(20)).toEqual({ failed: null });
    endless.tell(message);
    expect(await endless.drain(20)).toEqual({ failed: "1 of 1 messages did not reach the webhook: no answer within 20 ms" });
  });
});
