import { afterAll, beforeAll, expect, it } from "vitest";
import { requireNoneRefused } from "../../../src/net/running-traefik.ts";
import { awaitTakenOff } from "../../../src/operations/kubernetes/await-taken-off.ts";
import { routersOfApi } from "../../../src/operations/probe.ts";
import { readTraefik } from "../../../src/targets/local/provider/routing-taken.ts";
import { type Answering, startAnswering } from "../../support/answering.ts";

let page: Answering;
beforeAll(async () => {
  page = await startAnswering((_request, response) => response.end("<!doctype html>\n<title>Sign in</title>"));
});
afterAll(() => page.stop());

it.each([
  ["an update of a cluster", readTraefik],
  ["verify", routersOfApi],
  ["an update of a machine", requireNoneRefused],
])("a page in place of Traefik's API is named to %s, with where it is and what was expected", async (_who, look) => {
  const expected = `^${page.url}/api/http/(routers|services)\\?\\S+ does not answer as Traefik's API: expected is a list of (routers|services) in JSON, and what came begins with "<!doctype html> <title>Sign in</title>"\\. See`;
  await expect(look(page.url)).rejects.toThrow(new RegExp(expected));
});

it("a page in place of Traefik's API does not tell a kill whether Traefik routes as before", async () => {
  const routing = { legend: {}, slots: [], middlewares: [], routes: [] };
  const before = { routing, metadata: new Map(), routes: [], carrying: new Set<string>(), unreadable: [] };
  const withdrawal = { slots: [{ name: "voice-api.newcomers", spec: { weighted: { services: [] } } }], middlewares: [], routesGone: [], stranded: [] };
  expect(await awaitTakenOff(page.url, "voice", { before, withdrawal })).toBeNull();
});
