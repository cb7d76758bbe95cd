import { describe, expect, it } from "vitest";
import { planRollout } from "../../../src/plan/plan.ts";
import { traefikDocument } from "../../../src/traefik/document.ts";
import type { TraefikDocument } from "../../../src/traefik/types.ts";
import { modelFrom } from "../../support/model.ts";

function documentOf(settings: Record<string, unknown>): TraefikDocument["http"] {
  const { catalog, settings: stage } = modelFrom(settings);
  return traefikDocument(planRollout(catalog, stage), (service, variant) => `http://${service}.${variant.name}`).http;
}

describe("a service with one cohort", () => {
  it("has one router straight to its variant, and gives no cookies", () => {
    const { routers, services } = documentOf({});
    expect(routers["voice-api"]).toEqual({ rule: "PathPrefix(`/voice`)", priority: 20 * 128, service: "voice-api--base", middlewares: ["sluice-clean"] });
    expect(Object.keys(routers)).toEqual(["billing-api", "voice-api"]);
    expect(Object.keys(services)).toEqual(["billing-api--base", "voice-api--base"]);
  });
});

describe("a service with two cohorts", () => {
  const { routers, services } = documentOf({ flags: { AGENT_ENABLED: 25 } });

  it("spreads newcomers by the buckets' weights", () => {
    expect(services["voice-api.newcomers"]?.weighted?.services.map((child) => [child.name, child.weight])).toEqual([
      ["voice-api.bucket-1", 1],
      ["voice-api.bucket-2", 4],
      ["voice-api.bucket-3", 20],
      ["voice-api.bucket-4", 25],
      ["voice-api.bucket-5", 50],
    ]);
  });

  it("gives each bucket a cookie with the bucket in its name", () => {
    expect(services["voice-api.bucket-3"]).toEqual({
      middlewares: ["sluice-bucket-3"],
      weighted: {
        services: [{ name: "voice-api--agent-enabled", weight: 1 }],
        sticky: { cookie: { name: "sluice-3", path: "/", httpOnly: true, sameSite: "lax", secure: false, maxAge: 31_536_000 } },
      },
    });
  });

  it("takes a returning visitor to the variant of the bucket, above newcomers and below the next route", () => {
    expect(routers["voice-api.bucket-4"]).toEqual({
      rule: "(PathPrefix(`/voice`)) && HeaderRegexp(`Cookie`, `(^|; *)sluice-4=`)",
      priority: 20 * 128 + 2,
      service: "voice-api--base",
      middlewares: ["sluice-clean", "sluice-bucket-4"],
    });
    const tiers = Object.values(routers).map((router) => router.priority % 128);
    expect(Math.max(...tiers)).toBeLessThan(128);
  });

  it("has the gated route, with the same cohorts", () => {
    expect(routers["voice-api.agent-enabled.agent"]?.service).toBe("voice-api.newcomers");
    expect(routers["voice-api.agent-enabled.agent.bucket-1"]?.service).toBe("voice-api--agent-enabled");
  });
});

describe("headers", () => {
  const { middlewares } = documentOf({ flags: { AGENT_ENABLED: 25 } });

  it("that only Sluice may set are removed from every request", () => {
    expect(middlewares["sluice-clean"]?.headers.customRequestHeaders).toEqual({
      "X-Sluice-Bucket": "",
      "X-Sluice-Tester": "",
      "X-Sluice-Variant": "",
      "X-Flag-AGENT-ENABLED": "",
      "X-Flag-AGENT_ENABLED": "",
      X_Flag_AGENT_ENABLED: "",
      "X-Flag-TRANSCRIPTS-ENABLED": "",
      "X-Flag-TRANSCRIPTS_ENABLED": "",
      X_Flag_TRANSCRIPTS_ENABLED: "",
    });
    for (const router of Object.values(documentOf({ flags: { AGENT_ENABLED: 25 } }).routers)) expect(router.middlewares[0]).toBe("sluice-clean");
  });

  it("tell a service with header delivery each of its flags", () => {
    expect(middlewares["billing-api--agent-enabled"]?.headers.customRequestHeaders).toEqual({ "X-Flag-AGENT-ENABLED": "true" });
    expect(middlewares["billing-api--base"]?.headers.customRequestHeaders).toEqual({ "X-Flag-AGENT-ENABLED": "false" });
    expect(middlewares["voice-api--base"]?.headers.customRequestHeaders).toBeUndefined();
  });
});

describe("testers", () => {
  it("are told by a placeholder, never by the secret itself", () => {
    const { routers } = documentOf({ flags: { AGENT_ENABLED: { testers: true } }, testerSecret: "0123456789abcdef" });
    expect(routers["voice-api.tester"]?.rule).toBe(
      "(PathPrefix(`/voice`)) && (Header(`X-Sluice-Tester`, `${tester-secret}`) || HeaderRegexp(`Cookie`, `(^|; *)sluice-tester=${tester-secret}(;|$)`))",
    );
    expect(JSON.stringify(routers)).not.toContain("0123456789abcdef");
  });
});

describe("cookies of a catalogue", () => {
  it("carry its domain, and the secure mark", () => {
    const { catalog, settings } = modelFrom({ flags: { AGENT_ENABLED: 25 } });
    const plan = planRollout({ ...catalog, cookie: { secure: true, domain: "example.com", maxAge: 60 } }, settings);
    const { services } = traefikDocument(plan, () => "http://x").http;
    expect(services["voice-api.bucket-1"]?.weighted?.sticky?.cookie).toMatchObject({ secure: true, domain: "example.com", maxAge: 60 });
  });
});
