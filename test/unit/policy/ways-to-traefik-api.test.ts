import { describe, expect, it } from "vitest";
import type { SeenResource } from "../../../policy/seen-resource.ts";
import { waysToTraefikApi } from "../../../policy/ways-to-traefik-api.ts";

const ARGS = ["--api.insecure=true", "--entryPoints.traefik.address=:8001"];
const ON_LOOPBACK = ["--api.insecure=true", "--entryPoints.traefik.address=127.0.0.1:8001"];

const container = (ip: string, command = ARGS) => ({
  command,
  ports: [
    { internal: 8000, external: 80, ip: "0.0.0.0" },
    { internal: 8001, external: 8001, ip },
  ],
});
const service = (spec: object) => ({
  spec: { selector: { "app.kubernetes.io/name": "traefik" }, ...spec, ports: [{ port: 80 }, { port: 8080, targetPort: "traefik" }] },
});
const pod = (port: object, spec: object = {}, args = ARGS) => ({
  spec: {
    template: {
      spec: {
        ...spec,
        containers: [
          {
            args,
            ports: [
              { containerPort: 8000, hostPort: 80 },
              { containerPort: 8001, ...port },
            ],
          },
        ],
      },
    },
  },
});
const ingress = (port: object) => ({ spec: { rules: [{ http: { paths: [{ backend: { service: { name: "traefik", port } } }] } }] } });
const route = (name: string) => ({ spec: { routes: [{ services: [{ name }] }] } });

describe("Traefik's API", () => {
  it.each<[string, Record<string, unknown>]>([
    ["sluice-local:index:TraefikFile", { admin: "http://127.0.0.1:8101" }],
    ["docker:index/container:Container", container("127.0.0.1")],
    ["docker:index/container:Container", container("0.0.0.0", ["node", "service.js"])],
    ["docker:index/container:Container", { command: ON_LOOPBACK, networkMode: "host" }],
    ["kubernetes:core/v1:Service", service({ type: "ClusterIP" })],
    ["kubernetes:apps/v1:Deployment", pod({})],
    ["kubernetes:apps/v1:Deployment", pod({}, { hostNetwork: true }, ON_LOOPBACK)],
    ["kubernetes:apps/v1:Deployment", pod({ hostPort: 8001 }, {}, ["serve"])],
    ["kubernetes:apps/v1:Deployment", pod({ hostPort: 8001 }, {}, [...ARGS, "--entryPoints.traefik.address=:8002"])],
    ["kubernetes:apps/v1:Deployment", pod({ hostPort: 8001 }, {}, [...ARGS.slice(1), "--api.insecure=false"])],
    ["kubernetes:networking.k8s.io/v1:Ingress", ingress({ number: 80 })],
    ["kubernetes:traefik.io/v1alpha1:IngressRoute", route("voice-api.newcomers")],
  ])("is out of reach by %s: %j", (type, props) => {
    expect(waysToTraefikApi([{ type, name: "edge", props }])).toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["sluice-local:index:TraefikFile", { admin: "http://10.0.0.7:8101" }],
    ["sluice-local:index:TraefikFile", { admin: "https://admin.shop.example" }],
    ["sluice-local:index:TraefikFile", { admin: "http://127.0.0.1.evil.example:8101" }],
    ["docker:index/container:Container", container("0.0.0.0")],
    ["docker:index/container:Container", container("")],
    ["docker:index/container:Container", { command: ARGS, networkMode: "host" }],
    ["docker:index/container:Container", { command: ARGS, publishAllPorts: true }],
    ["kubernetes:core/v1:Service", service({ type: "LoadBalancer" })],
    ["kubernetes:core/v1:Service", service({ type: "NodePort" })],
    ["kubernetes:core/v1:Service", service({ type: "ClusterIP", externalIPs: ["203.0.113.7"] })],
    ["kubernetes:apps/v1:DaemonSet", pod({ hostPort: 8001 })],
    ["kubernetes:apps/v1:DaemonSet", pod({ hostPort: 8001 }, {}, ["-API.Insecure", "--EntryPoints.traefik.Address=0.0.0.0:8001/tcp"])],
    ["kubernetes:apps/v1:DaemonSet", pod({ hostPort: 8001, containerPort: 8080 }, {}, ["--api.insecure=T", "--entryPoints.Traefik.address=:8001"])],
    ["kubernetes:apps/v1:Deployment", pod({}, { hostNetwork: true })],
    ["kubernetes:networking.k8s.io/v1:Ingress", ingress({ name: "traefik" })],
    ["kubernetes:traefik.io/v1alpha1:IngressRoute", route("api@internal")],
    ["kubernetes:traefik.io/v1alpha1:TraefikService", { spec: { weighted: { services: [{ name: "api@internal", weight: 1 }] } } }],
  ])("in reach by %s is refused: %j", (type, props) => {
    expect(waysToTraefikApi([{ type, name: "edge", props }])).toEqual([expect.stringMatching(/^edge /)]);
  });
});

/** Traefik with its API on 8001 and visitors on 8000, and an application on 8080. */
const cluster: readonly SeenResource[] = [
  workload("edge", ARGS, [
    { name: "web", containerPort: 8000 },
    { name: "traefik", containerPort: 8001 },
  ]),
  workload("voice", ["serve", "--api-port=8080", "--api"], [{ name: "http", containerPort: 8080 }]),
];
function workload(app: string, args: readonly string[], ports: readonly object[]): SeenResource {
  const template = { metadata: { labels: { app, tier: "front" } }, spec: { containers: [{ args, ports }] } };
  return { type: "kubernetes:apps/v1:Deployment", name: app, props: { metadata: { namespace: "shop" }, spec: { template } } };
}
function serviceOf(app: string | null, port: object, type = "LoadBalancer", namespace = "shop"): SeenResource {
  const selector = app === null ? {} : { app };
  return { type: "kubernetes:core/v1:Service", name: "front", props: { metadata: { name: "front", namespace }, spec: { type, selector, ports: [port] } } };
}
const faultsOf = (...resources: readonly SeenResource[]): string[] => waysToTraefikApi([...cluster, ...resources]);

describe("a Service of type LoadBalancer", () => {
  it.each<[string, string | null, object]>([
    ["an application on Traefik's usual port", "voice", { port: 8080 }],
    ["another port of an application by that number", "voice", { port: 8080, targetPort: 3000 }],
    ["Traefik's port for visitors by that number", "edge", { port: 8080, targetPort: "web" }],
    ["a port that its Traefik does not have", "edge", { port: 80, targetPort: 8080 }],
    ["an application of others on that port", "agent", { port: 8080, targetPort: 8080 }],
    ["what others give the name of Traefik's port", "agent", { port: 80, targetPort: "traefik" }],
    ["visitors to a Traefik of others", "traefik", { port: 80, targetPort: "web" }],
    ["nobody that it says", null, { port: 8080 }],
  ])("is let through where it leads to %s", (_what, app, port) => {
    expect(faultsOf(serviceOf(app, port))).toEqual([]);
  });

  it.each<[string, string, object]>([
    ["Traefik's API by another number", "edge", { port: 9000, targetPort: 8001 }],
    ["Traefik's API by the name of its port", "edge", { port: 443, targetPort: "traefik" }],
    ["Traefik's API by its own number", "edge", { port: 8001 }],
    ["the usual port of a Traefik of others by another number", "traefik", { port: 9000, targetPort: 8080 }],
    ["the usual port of a Traefik of others by its name", "traefik", { port: 443, targetPort: "traefik" }],
  ])("is refused where it leads to %s", (_what, app, port) => {
    expect(faultsOf(serviceOf(app, port))).toEqual([expect.stringMatching(/^front publishes Traefik's API on port \d+ by a Service of type LoadBalancer/)]);
  });

  it("is let through where Traefik's labels are those of pods in another namespace", () => {
    expect(faultsOf(serviceOf("edge", { port: 8001 }, "LoadBalancer", "other"))).toEqual([]);
  });
});

describe("a route", () => {
  const toApi = serviceOf("edge", { name: "admin", port: 9000, targetPort: 8001 }, "ClusterIP");
  const toVoice = serviceOf("voice", { name: "traefik", port: 8080 }, "ClusterIP");
  const routes = (name: string, port: number | string): [string, object][] => [
    [
      "kubernetes:networking.k8s.io/v1:Ingress",
      { rules: [{ http: { paths: [{ backend: { service: { name, port: typeof port === "number" ? { number: port } : { name: port } } } }] } }] },
    ],
    ["kubernetes:networking.k8s.io/v1:Ingress", { defaultBackend: { service: { name, port: typeof port === "number" ? { number: port } : { name: port } } } }],
    ["kubernetes:traefik.io/v1alpha1:IngressRoute", { routes: [{ services: [{ name, port }] }] }],
    ["kubernetes:traefik.io/v1alpha1:IngressRouteTCP", { routes: [{ services: [{ name, port, namespace: "shop" }] }] }],
    ["kubernetes:traefik.io/v1alpha1:TraefikService", { mirroring: { name: "voice-api", port: 80, mirrors: [{ name, port }] } }],
    ["kubernetes:traefik.io/v1alpha1:Middleware", { errors: { service: { name, port } } }],
    ["kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", { parentRefs: [{ name: "traefik", port: 8080 }], rules: [{ backendRefs: [{ name, port }] }] }],
  ];
  const route = (type: string, spec: object): SeenResource => ({ type, name: "way", props: { metadata: { namespace: "shop" }, spec } });

  it.each([...routes("front", 9000), ...routes("front", "admin")])("is refused where its Service leads to Traefik's API: %s %j", (type, spec) => {
    expect(faultsOf(toApi, route(type, spec))).toEqual([expect.stringMatching(/^way leads visitors to Traefik's API by front:(9000|admin)/)]);
  });

  it.each([...routes("front", 8080), ...routes("front", "traefik")])("is let through where its Service leads to an application: %s %j", (type, spec) => {
    expect(faultsOf(toVoice, route(type, spec))).toEqual([]);
  });

  it.each([...routes("traefik", 8080), ...routes("edge-traefik", 8080), ...routes("edge", "traefik")])(
    "is refused where a Service of others is Traefik's by its name, or by that of its port: %s %j",
    (type, spec) => {
      expect(faultsOf(route(type, spec))).toEqual([expect.stringMatching(/^way leads visitors to Traefik's API by (edge-)?(traefik:8080|edge:traefik)/)]);
    },
  );

  it.each(routes("voice-api", 8080))("is let through where a Service of others has another name: %s %j", (type, spec) => {
    expect(faultsOf(route(type, spec))).toEqual([]);
  });
});
