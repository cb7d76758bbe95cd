import { describe, expect, it } from "vitest";
import { openAdmins } from "../../../policy/open-admins.ts";

const ARGS = ["--api.insecure=true", "--entryPoints.traefik.address=:8001"];
const ON_LOOPBACK = ["--api.insecure=true", "--entryPoints.traefik.address=127.0.0.1:8001"];

const container = (ip: string, command = ARGS) => ({
  command,
  ports: [
    { internal: 8000, external: 80, ip: "0.0.0.0" },
    { internal: 8001, external: 8001, ip },
  ],
});
const service = (spec: object) => ({ spec: { ...spec, ports: [{ port: 80 }, { port: 8080, targetPort: "traefik" }] } });
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
    ["kubernetes:networking.k8s.io/v1:Ingress", ingress({ number: 80 })],
    ["kubernetes:traefik.io/v1alpha1:IngressRoute", route("voice-api.newcomers")],
  ])("is out of reach by %s: %j", (type, props) => {
    expect(openAdmins([{ type, name: "edge", props }])).toEqual([]);
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
    ["kubernetes:apps/v1:Deployment", pod({}, { hostNetwork: true })],
    ["kubernetes:networking.k8s.io/v1:Ingress", ingress({ name: "traefik" })],
    ["kubernetes:traefik.io/v1alpha1:IngressRoute", route("api@internal")],
  ])("in reach by %s is refused: %j", (type, props) => {
    expect(openAdmins([{ type, name: "edge", props }])).toEqual([expect.stringMatching(/^edge /)]);
  });
});
