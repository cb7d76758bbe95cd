import { describe, expect, it } from "vitest";
import { type AppliedRouting, behind, type RunningRouting } from "../../../src/kubernetes/behind.ts";
import { traefikRouterName, traefikServiceName } from "../../../src/kubernetes/names.ts";

const NAMESPACE = "voice";
const RULE = "PathPrefix(`/voice`)";
const cluster: AppliedRouting = {
  slots: [
    { name: "voice-api.bucket-1", children: [{ kind: "Service", name: "voice-api--on-1", port: "bucket-1" }] },
    { name: "voice-api.newcomers", children: [{ kind: "TraefikService", name: "voice-api.bucket-1" }] },
  ],
  routes: [{ name: "voice-api", rules: [RULE] }],
  carrying: new Set(["voice-api--on-1"]),
};
const [leaf, bucket, newcomers] = [
  traefikServiceName(NAMESPACE, "voice-api--on-1", "bucket-1"),
  traefikServiceName(NAMESPACE, "voice-api.bucket-1", null),
  traefikServiceName(NAMESPACE, "voice-api.newcomers", null),
];
const taken: RunningRouting = {
  services: [
    { name: leaf, status: "enabled", loadBalancer: { servers: [{}, {}] } },
    // In a service's own definition Traefik may leave its provider out.
    { name: bucket, status: "enabled", weighted: { services: [{ name: leaf.replace("@kubernetescrd", "") }] } },
    { name: newcomers, status: "enabled", weighted: { services: [{ name: bucket }] } },
  ],
  routers: [{ name: traefikRouterName(NAMESPACE, "voice-api", RULE), status: "enabled" }],
};

function withService(name: string, change: Partial<RunningRouting["services"][number]>): RunningRouting {
  return { ...taken, services: taken.services.map((one) => (one.name === name ? { ...one, ...change } : one)) };
}

describe("a Traefik", () => {
  it("leads by what the cluster has, whatever else it has of others", () => {
    const others = { services: [{ name: "x@docker", status: "disabled" }], routers: [{ name: "x@docker", status: "disabled" }] };
    expect(behind(NAMESPACE, cluster, taken)).toEqual([]);
    expect(behind(NAMESPACE, cluster, { services: [...taken.services, ...others.services], routers: [...taken.routers, ...others.routers] })).toEqual([]);
  });

  it.each<[string, RunningRouting, readonly string[]]>([
    [
      "a slot leads elsewhere",
      withService(bucket, { weighted: { services: [{ name: traefikServiceName(NAMESPACE, "voice-api--base-2", "bucket-1") }] } }),
      ["TraefikService voice-api.bucket-1"],
    ],
    [
      "a slot still leads to one more",
      withService(newcomers, { weighted: { services: [{ name: bucket }, { name: leaf }] } }),
      ["TraefikService voice-api.newcomers"],
    ],
    ["a slot cannot be used", withService(newcomers, { status: "disabled" }), ["TraefikService voice-api.newcomers"]],
    ["it has no server of the Service that one leads to", withService(leaf, { loadBalancer: { servers: [] } }), ["TraefikService voice-api.bucket-1"]],
    ["it has not the rule", { ...taken, routers: [] }, ["IngressRoute voice-api"]],
    ["the rule cannot be used", { ...taken, routers: taken.routers.map((one) => ({ ...one, status: "disabled" })) }, ["IngressRoute voice-api"]],
    [
      "it still has a rule from before",
      { ...taken, routers: [...taken.routers, { name: traefikRouterName(NAMESPACE, "voice-api", "PathPrefix(`/old`)"), status: "enabled" }] },
      ["IngressRoute voice-api"],
    ],
  ])("is behind where %s", (_title, traefik, expected) => {
    expect(behind(NAMESPACE, cluster, traefik)).toEqual(expected);
  });

  it("is not behind by pods that the cluster has not ready either", () => {
    expect(behind(NAMESPACE, { ...cluster, carrying: new Set() }, withService(leaf, { loadBalancer: { servers: [] } }))).toEqual([]);
  });

  it("is not behind by the rules of a route with a longer name", () => {
    const longer = { name: traefikRouterName(NAMESPACE, "voice-api.testers", RULE), status: "enabled" };
    expect(behind(NAMESPACE, cluster, { ...taken, routers: [...taken.routers, longer] })).toEqual([]);
  });
});
