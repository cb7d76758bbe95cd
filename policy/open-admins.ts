import { isLoopback } from "../src/model/loopback.ts";
import { at, isText, listAt, podOf, type SeenResource, textAt } from "./seen-resource.ts";

type Props = SeenResource["props"];

/** Traefik's own default for the entry point of its API. */
const TRAEFIK_API_PORT = 8080;

/**
 * Ways to Traefik's API from beyond this machine or this cluster: who reaches it reads every route, testers' secrets included.
 * @returns one text for each
 */
export function openAdmins(resources: readonly SeenResource[]): string[] {
  return resources.flatMap(({ type, name, props }) => waysIn(type, props).map((way) => `${name} ${way}`));
}

function waysIn(type: string, props: Props): string[] {
  if (type === "sluice-local:index:TraefikFile") return spokenTo(textAt(props, "admin"));
  if (type === "docker:index/container:Container") return byContainer(props);
  if (type === "kubernetes:core/v1:Service") return byService(props);
  if (/^kubernetes:(apps|core)\//.test(type)) return byPod(podOf(props));
  if (/^kubernetes:networking\.k8s\.io\/.*:Ingress$/.test(type)) return byIngress(props);
  if (/^kubernetes:traefik\.io\/.*:IngressRoute$/.test(type)) return byRoute(props);
  return [];
}

function spokenTo(address: string): string[] {
  const admin = URL.parse(address);
  if (admin === null || isLoopback(admin.hostname)) return [];
  return [`speaks to Traefik's API at ${admin.host}; let it listen on loopback, and reach it through a tunnel`];
}

function byContainer(props: Props): string[] {
  const admin = adminOf(listAt(props, "command").filter(isText));
  if (admin === null) return [];
  if (textAt(props, "networkMode") === "host") {
    return isLoopback(admin.host) ? [] : ["lets Traefik's API listen on every address of its machine; give it a network of its own"];
  }
  if (at(props, "publishAllPorts") === true) return ["publishes every port, Traefik's API among them; name the ports"];
  return listAt(props, "ports")
    .filter((port) => at(port, "internal") === admin.port && !isLoopback(textAt(port, "ip")))
    .map((port) => `publishes Traefik's API on ${textAt(port, "ip") || "every address"}; publish it on 127.0.0.1`);
}

function byService(props: Props): string[] {
  const spec = at(props, "spec");
  const kind = textAt(spec, "type");
  if (kind !== "LoadBalancer" && kind !== "NodePort" && listAt(spec, "externalIPs").length === 0) return [];
  const way = kind === "LoadBalancer" || kind === "NodePort" ? `of type ${kind}` : "with external addresses";
  return listAt(spec, "ports")
    .filter((port) => at(port, "port") === TRAEFIK_API_PORT || at(port, "targetPort") === "traefik")
    .map(() => `publishes Traefik's API by a Service ${way}; leave ports.traefik.expose off in the chart's values`);
}

function byPod(pod: unknown): string[] {
  return listAt(pod, "containers").flatMap((container) => {
    const admin = adminOf(listAt(container, "args").filter(isText));
    if (admin === null) return [];
    if (at(pod, "hostNetwork") === true && !isLoopback(admin.host)) return ["lets Traefik's API listen on every address of its node; leave hostNetwork off"];
    return listAt(container, "ports")
      .filter((port) => at(port, "containerPort") === admin.port && at(port, "hostPort") !== undefined)
      .map(() => "publishes Traefik's API on its node; leave ports.traefik.hostPort off in the chart's values");
  });
}

function byIngress(props: Props): string[] {
  const spec = at(props, "spec");
  const backends = [
    at(spec, "defaultBackend"),
    ...listAt(spec, "rules").flatMap((rule) => listAt(at(rule, "http"), "paths").map((path) => at(path, "backend"))),
  ];
  return backends
    .map((backend) => at(backend, "service", "port"))
    .filter((port) => at(port, "number") === TRAEFIK_API_PORT || at(port, "name") === "traefik")
    .map(() => "leads visitors to Traefik's API; take the path out");
}

function byRoute(props: Props): string[] {
  const internal = listAt(at(props, "spec"), "routes").some((route) => listAt(route, "services").some((service) => at(service, "name") === "api@internal"));
  return internal ? ["leads visitors to api@internal; take the route out"] : [];
}

/** Where the API of a Traefik with these arguments listens; null where they are of none. */
function adminOf(args: readonly string[]): { readonly host: string; readonly port: number } | null {
  if (!args.some((argument) => argument.startsWith("--api"))) return null;
  const found = args.map((argument) => /^--entrypoints\.traefik\.address=(.*):(\d+)/i.exec(argument)).find((match) => match !== null);
  return { host: found?.[1] ?? "", port: Number(found?.[2] ?? TRAEFIK_API_PORT) };
}
