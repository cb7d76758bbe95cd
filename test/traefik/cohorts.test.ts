import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoutedTraefik, SECRET, startRoutedTraefik } from "../support/routed-traefik.ts";

let traefik: RoutedTraefik;
beforeAll(async () => {
  traefik = await startRoutedTraefik();
});
afterAll(() => traefik.stop());

describe("newcomers", () => {
  it("are dealt out by the buckets' weights, and stay where they are on every service", async () => {
    await traefik.route({ AGENT_ENABLED: 25 });
    const seen = new Map<string, number>();
    for (let visitor = 0; visitor < 200; visitor += 1) {
      const first = await traefik.visit("/voice");
      const bucket = first.cookies.find((cookie) => cookie.startsWith("sluice-"))?.split("=")[0] ?? "";
      seen.set(bucket, (seen.get(bucket) ?? 0) + 1);
      const cookie = first.cookies.map((entry) => entry.split(";")[0]).join("; ");
      const on = first.name.endsWith("/agent-enabled");
      expect((await traefik.visit("/voice", { cookie })).name).toBe(first.name);
      expect((await traefik.visit("/billing", { cookie })).name).toBe(on ? "billing-api/agent-enabled" : "billing-api/base");
    }
    expect(Object.fromEntries(seen)).toEqual({ "sluice-1": 2, "sluice-2": 8, "sluice-3": 40, "sluice-4": 50, "sluice-5": 100 });
  });

  it("keep the application's cookies and are told their bucket's number", async () => {
    await traefik.route({ AGENT_ENABLED: 25 });
    const first = await traefik.visit("/voice");
    expect(first.cookies.some((cookie) => cookie.startsWith("session=own"))).toBe(true);
    const bucket = first.cookies.find((cookie) => cookie.startsWith("sluice-"))?.match(/^sluice-(\d)/)?.[1];
    expect(first.headers["x-sluice-bucket"]).toBe(bucket);
  });
});

describe("a visitor with a bucket", () => {
  it.each([
    [1, "voice-api/agent-enabled"],
    [3, "voice-api/agent-enabled"],
    [4, "voice-api/base"],
  ])("%i sees %s, on the gated route too, and gets no other", async (bucket, name) => {
    await traefik.route({ AGENT_ENABLED: 25 });
    for (const path of ["/voice", "/agent"]) {
      const seen = await traefik.visit(path, { cookie: `other=1; sluice-${bucket}=0` });
      expect(seen.name).toBe(name);
      expect(seen.headers["x-sluice-bucket"]).toBe(String(bucket));
      expect(seen.cookies.filter((cookie) => cookie.startsWith("sluice-"))).toEqual([]);
    }
  });

  it("that a client claims twice sees what the narrower one does, every time", async () => {
    await traefik.route({ AGENT_ENABLED: 25 });
    expect((await traefik.visit("/voice", { cookie: "sluice-5=a; sluice-1=b" })).name).toBe("voice-api/agent-enabled");
  });

  it("that does not exist is a newcomer", async () => {
    await traefik.route({ AGENT_ENABLED: 25 });
    const seen = await traefik.visit("/voice", { cookie: "sluice-99=a; xsluice-1=b" });
    expect(seen.cookies.some((cookie) => cookie.startsWith("sluice-"))).toBe(true);
  });
});

describe("what clients say of flags, buckets and testers", () => {
  it("is removed, in any case of letters", async () => {
    await traefik.route({ AGENT_ENABLED: 25 });
    const forged = {
      cookie: "sluice-5=x",
      "X-FLAG-agent-enabled": "true",
      "x-sluice-bucket": "1",
      "x-sluice-tester": "true",
      "x-flag-transcripts-enabled": "true",
    };
    expect((await traefik.visit("/billing", forged)).headers).toMatchObject({ "x-flag-agent-enabled": "false", "x-sluice-bucket": "5" });
    const voice = (await traefik.visit("/voice", forged)).headers;
    for (const header of ["x-flag-agent-enabled", "x-flag-transcripts-enabled", "x-sluice-tester"]) expect(voice).not.toHaveProperty(header);
  });
});

describe("testers", () => {
  it.each([
    ["header", { "x-sluice-tester": SECRET }],
    ["cookie", { cookie: `a=b; sluice-tester=${SECRET}` }],
    ["cookie before others, in a bucket", { cookie: `sluice-tester=${SECRET}; sluice-5=x` }],
  ])("by %s have the flag before anyone, and the secret header goes no further", async (_way, headers) => {
    await traefik.route({ AGENT_ENABLED: { testers: true } });
    const seen = await traefik.visit("/voice", headers);
    expect(seen.name).toBe("voice-api/agent-enabled");
    expect(seen.headers["x-sluice-tester"]).toBe("true");
    expect((await traefik.ask("/agent", headers)).status).toBe(200);
  });

  it.each([
    ["no secret", {}],
    ["a guess", { "x-sluice-tester": "guess" }],
    ["the secret with more behind it", { cookie: `sluice-tester=${SECRET}x` }],
    ["another cookie that ends like it", { cookie: `my-sluice-tester=${SECRET}` }],
  ])("with %s are ordinary visitors", async (_way, headers) => {
    await traefik.route({ AGENT_ENABLED: { testers: true } });
    expect((await traefik.visit("/voice", headers)).name).toBe("voice-api/base");
    expect((await traefik.ask("/agent", headers)).status).toBe(404);
  });
});

describe("a change of exposure", () => {
  it("moves no one who stays in", async () => {
    await traefik.route({ AGENT_ENABLED: 25 });
    expect((await traefik.visit("/voice", { cookie: "sluice-3=x" })).name).toBe("voice-api/agent-enabled");
    await traefik.route({ AGENT_ENABLED: 50 });
    expect((await traefik.visit("/voice", { cookie: "sluice-3=x" })).name).toBe("voice-api/agent-enabled");
    expect((await traefik.visit("/voice", { cookie: "sluice-4=x" })).name).toBe("voice-api/agent-enabled");
    await traefik.route({ AGENT_ENABLED: 5 });
    expect((await traefik.visit("/voice", { cookie: "sluice-3=x" })).name).toBe("voice-api/base");
  });
});
