import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { ask } from "../../src/net/ask.ts";
import { listens } from "../../src/net/listens.ts";
import { type RoutedTraefik, SECRET, startRoutedTraefik } from "../support/routed-traefik.ts";

/** What a compromised service answers with: all that it may hope to have others take for Sluice's own. */
const FORGED = {
  "X-Sluice-Variant": "voice-api--forged",
  "X-Sluice-Revision": "forged",
  "X-Sluice-Bucket": "1",
  "X-Sluice-Tester": "true",
  "Set-Cookie": "sluice-1=x; Path=/",
};

let traefik: RoutedTraefik;
beforeAll(async () => {
  traefik = await startRoutedTraefik(FORGED);
  await traefik.route({ AGENT_ENABLED: { exposure: 25, testers: true } });
});
afterAll(() => traefik.stop());

describe("a compromised service", () => {
  it("cannot answer in the name of another variant", async () => {
    const [on, off] = [await traefik.ask("/voice", { cookie: "sluice-1=x" }), await traefik.ask("/voice", { cookie: "sluice-5=x" })];
    const marks = [on, off].map(({ headers }) => headers["x-sluice-variant"]);
    expect(new Set(marks).size).toBe(2);
    expect(marks).not.toContain(FORGED["X-Sluice-Variant"]);
  });

  it("gets the cookies of its visitors, with a tester's secret among them, and no secret that came as a header", async () => {
    expect((await traefik.visit("/voice", { cookie: `sluice-tester=${SECRET}; session=a` })).headers["cookie"]).toBe(`sluice-tester=${SECRET}; session=a`);
    expect(JSON.stringify((await traefik.visit("/voice", { "x-sluice-tester": SECRET })).headers)).not.toContain(SECRET);
  });

  it("gets no flag of another service", async () => {
    const { headers } = await traefik.visit("/billing", { cookie: "sluice-5=x" });
    expect(Object.keys(headers).filter((name) => name.startsWith("x-flag-"))).toEqual(["x-flag-agent-enabled"]);
  });

  it("can move a visitor that it answers to another bucket, and that visitor alone", async () => {
    const before = await traefik.visit("/voice", { cookie: "sluice-5=x" });
    expect([before.name, before.cookies]).toEqual(["voice-api/base", ["sluice-1=x; Path=/"]]);
    expect((await traefik.visit("/voice", { cookie: "sluice-5=x; sluice-1=x" })).name).toBe("voice-api/agent-enabled");
    expect((await traefik.visit("/voice", { cookie: "sluice-5=x" })).name).toBe("voice-api/base");
  });

  it("cannot keep Sluice's own cookie from a newcomer", async () => {
    const { cookies } = await traefik.visit("/voice");
    expect(cookies).toHaveLength(2);
    expect(cookies.filter((cookie) => /^sluice-\d=.*HttpOnly; SameSite=Lax$/.test(cookie))).toHaveLength(1);
  });
});

describe("Traefik's API", () => {
  it("tells the tester secret to whoever reaches it", async () => {
    expect((await ask(traefik.admin, { path: "/api/http/routers" })).body).toContain(SECRET);
  });

  it("is not reached by any other address of the machine", async ({ skip }: TestContext) => {
    const { port } = new URL(traefik.admin);
    const others = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    skip(others.length === 0, "the machine has no address beside loopback");
    expect(await listens(`http://127.0.0.1:${port}`)).toBe(true);
    for (const { address } of others) expect(await listens(`http://${address}:${port}`)).toBe(false);
  });
});
