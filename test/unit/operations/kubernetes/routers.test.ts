import { describe, expect, it } from "vitest";
import { traefikRouterName } from "../../../../src/kubernetes/names.ts";
import { compareClusterRouters, routersOf } from "../../../../src/operations/kubernetes/routers.ts";

const ROUTE = {
  metadata: { name: "voice-api" },
  spec: {
    routes: [
      { match: "PathPrefix(`/voice`)", services: [{ name: "voice-api.newcomers" }] },
      { match: "bucket", services: [{ name: "voice-api.bucket-2" }] },
    ],
  },
};

describe("the routers of an IngressRoute", () => {
  it("are named as on every target", () => {
    expect(routersOf("voice", ROUTE, null)).toEqual(["voice-api voice-api.newcomers PathPrefix(`/voice`)", "voice-api.bucket-2 voice-api.bucket-2 bucket"]);
    const testers = { metadata: { name: "voice-api.agent.testers" }, spec: { routes: [{ match: "x", services: [{ name: "voice-api.testers" }] }] } };
    expect(routersOf("voice", testers, null)).toEqual(["voice-api.agent.tester voice-api.testers x"]);
  });

  it("are those that Traefik has", () => {
    expect(routersOf("voice", ROUTE, new Set([traefikRouterName("voice", "voice-api", "bucket")]))).toEqual(["voice-api.bucket-2 voice-api.bucket-2 bucket"]);
  });

  it("are compared without those of testers, whose rule nobody sees", () => {
    expect(compareClusterRouters(["a x 1", "b x 1", "b.tester x 1"], ["a x 1", "a x 2", "c.tester x 1"])).toEqual({ missing: ["b x 1"], tooMany: ["a x 2"] });
  });
});
