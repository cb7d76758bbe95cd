import { Agent, createServer } from "node:http";
import { expect, it } from "vitest";
import { send } from "../../../src/cluster/send.ts";
import { freePort } from "../../support/scratch-traefik.ts";

it("a request that waits for a connection has its whole time yet", async () => {
  const port = await freePort();
  const server = createServer((_request, response) => void setTimeout(() => response.end("{}"), 100)).listen(port, "127.0.0.1");
  const credentials = { agent: new Agent({ keepAlive: true, maxSockets: 1 }), headers: {} };
  const sent = { method: "GET", url: new URL(`http://127.0.0.1:${port}/`), body: null, contentType: "" } as const;
  try {
    // One after the other they take far longer than one may.
    const answers = await Promise.all(Array.from({ length: 30 }, () => send(credentials, sent, 1_500)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  } finally {
    credentials.agent.destroy();
    server.close();
  }
});
