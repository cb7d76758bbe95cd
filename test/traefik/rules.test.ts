import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask } from "../../src/net/ask.ts";
import { writeEntries } from "../../src/traefik/entries.ts";
import { BAD_RULES, GOOD_RULES } from "../support/rules.ts";
import { type ScratchTraefik, startScratchTraefik } from "../support/scratch-traefik.ts";

let traefik: ScratchTraefik;
beforeAll(async () => {
  traefik = await startScratchTraefik();
});
afterAll(() => traefik.stop());

const routers = z.array(z.object({ name: z.string(), status: z.string() }));

/** What the real Traefik makes of rules: `enabled`, or `disabled` where it refuses one. */
async function judge(rules: readonly string[], revision: string): Promise<Record<string, string>> {
  const entries = rules.map((rule, index) => [`r${index}`, { rule, service: "s", priority: index + 1 }]);
  await traefik.load(
    writeEntries({
      http: {
        routers: Object.fromEntries(entries),
        services: { s: { loadBalancer: { servers: [{ url: "http://127.0.0.1:1" }] } } },
        middlewares: { [`revision-${revision}`]: { headers: { customResponseHeaders: { "x-a": "b" } } } },
      },
    }),
    revision,
  );
  const listing = routers.parse(JSON.parse((await ask(traefik.admin, { path: "/api/http/routers?per_page=500" })).body));
  return Object.fromEntries(rules.map((rule, index) => [rule, listing.find((router) => router.name === `r${index}@file`)?.status ?? "absent"]));
}

describe("the real Traefik", () => {
  it("takes every rule that our check takes", async () => {
    expect(await judge(GOOD_RULES, "good")).toEqual(Object.fromEntries(GOOD_RULES.map((rule) => [rule, "enabled"])));
  });

  it("refuses every rule that our check refuses", async () => {
    const rules = BAD_RULES.map(([rule]) => rule).filter((rule) => rule !== "");
    expect(await judge(rules, "bad")).toEqual(Object.fromEntries(rules.map((rule) => [rule, "disabled"])));
  });
});
