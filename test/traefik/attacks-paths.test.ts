import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoutedTraefik, readEcho, startRoutedTraefik } from "../support/routed-traefik.ts";
import { askRaw, rawGet, rawRequest } from "../support/send-raw.ts";

let traefik: RoutedTraefik;
beforeAll(async () => {
  traefik = await startRoutedTraefik();
  await traefik.route({ AGENT_ENABLED: false });
});
afterAll(() => traefik.stop());

describe("a route that was taken away", () => {
  it.each([
    "/agent",
    "/%61gent",
    "//agent",
    "/./agent",
    "/x/../agent",
    "/voice/../agent",
    "/voice/%2e%2e/agent",
    "/agent/",
    "/agent.",
    "/agent;x",
    "/agent?x",
    "/agent%00",
    "/agent%2f",
    "/%2fagent",
    "/%C0%AFagent",
    "http://shop.example/agent",
    "http://other.example/agent",
  ])("is not there as %s", async (target) => {
    expect((await askRaw(traefik.url, rawGet(target))).status).toBe(404);
  });

  it.each(["\\agent", "agent", "/agent#", "/agent /voice"])("is refused as %s", async (target) => {
    expect((await askRaw(traefik.url, rawGet(target))).status).toBe(400);
  });

  it.each(["/voice/..%2fagent", "/voice%2f..%2fagent", "/voice/..%5cagent", "/voice/..;/agent", "/voice/%252e%252e/agent"])(
    "is, as %s, a path of the route that is left, which its variant without the flag gets as it is",
    async (target) => {
      const { status, body } = await askRaw(traefik.url, rawGet(target));
      expect(status).toBe(200);
      expect(readEcho(body)).toMatchObject({ name: "voice-api/base", path: target.replaceAll("%2f", "%2F").replaceAll("%5c", "%5C") });
    },
  );

  it.each(["X-Original-URL: /agent", "X-Rewrite-URL: /agent", "X-Forwarded-Prefix: /agent", "X-Forwarded-Uri: /agent", "X-HTTP-Method-Override: PUT"])(
    "is not led to by %s",
    async (header) => {
      expect((await askRaw(traefik.url, rawGet("/other", header))).status).toBe(404);
      expect(readEcho((await askRaw(traefik.url, rawGet("/voice", header))).body).name).toBe("voice-api/base");
    },
  );
});

describe("Traefik's own pages", () => {
  it.each(["/api/http/routers", "/api/rawdata", "/dashboard/", "/ping", "/metrics", "/debug/pprof/"])("%s is not there for visitors", async (path) => {
    expect((await askRaw(traefik.url, rawGet(path))).status).toBe(404);
  });
});

describe("a host", () => {
  it.each([
    ["of another name", "other.example", 200],
    ["with a port", "shop.example:99", 200],
    ["in capitals, with a dot behind it", "SHOP.EXAMPLE.", 200],
    ["with a path in it", "shop.example/../x", 400],
    ["with a user in it", "shop.example@other.example", 400],
    ["with a space in it", "shop.example other.example", 400],
  ])("%s leads to no other variant", async (_what, host, status) => {
    const answer = await askRaw(traefik.url, rawRequest("GET /voice HTTP/1.1", `Host: ${host}`, "Connection: close"));
    expect(answer.status).toBe(status);
    if (status === 200) expect(readEcho(answer.body).name).toBe("voice-api/base");
  });

  it.each([
    ["twice", ["Host: a.example", "Host: b.example"]],
    ["not at all", []],
    ["over two lines", ["Host: a.example", " b.example"]],
  ])("given %s is refused", async (_what, hosts) => {
    expect((await askRaw(traefik.url, rawRequest("GET /voice HTTP/1.1", ...hosts, "Connection: close"))).status).toBe(400);
  });

  it("in the request line wins over the header, and is what the application is told", async () => {
    const { headers } = readEcho((await askRaw(traefik.url, rawGet("http://line.example/voice"))).body);
    expect([headers["host"], headers["x-forwarded-host"]]).toEqual(["line.example", "line.example"]);
  });
});
