import { afterEach, expect, it } from "vitest";
import { startLoad } from "../../../src/net/load.ts";
import { type Answering, startAnswering } from "../../support/answering.ts";
import { until } from "../../support/wait.ts";

let server: Answering | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

it("asks in turn, no faster than its rate, and no more after its end", async () => {
  server = await startAnswering((_request, response) => response.end());
  const asked: string[] = [];
  const started = performance.now();
  const load = startLoad(
    server.url,
    [{ path: "/a" }, { path: "/b" }],
    { clients: 4, rate: 200 },
    ({ path }, { status }) => void asked.push(`${path} ${status}`),
  );
  await until("40 requests were answered", () => asked.length >= 40);
  await load.stop();
  const took = performance.now() - started;
  const { length } = asked;
  expect(length).toBeLessThanOrEqual(took / 5 + 4);
  const shareOf = (path: string): number => asked.filter((text) => text === `${path} 200`).length;
  expect(Math.abs(shareOf("/a") - shareOf("/b"))).toBeLessThanOrEqual(1);
});

it("has no more requests under way than clients", async () => {
  let open = 0;
  let most = 0;
  server = await startAnswering((_request, response) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      response.end();
    }, 20);
  });
  let answers = 0;
  const load = startLoad(server.url, [{ path: "/" }], { clients: 3, rate: null }, () => (answers += 1));
  await until("30 requests were answered", () => answers >= 30);
  await load.stop();
  expect(most).toBe(3);
});
