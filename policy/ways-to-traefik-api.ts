import { isLoopback } from "../src/model/loopback.ts";
import { isApiPort, namespaceOf, podsOf, type SeenPods } from "./seen-pods.ts";
import { at, isPort, isText, listAt, type SeenResource, textAt } from "./seen-resource.ts";
import { leadsToApi, portsToApi, type SeenCluster } from "./seen-services.ts";
import { apiPortOf } from "./traefik-api.ts";

type Props = SeenResource["props"];

const SERVICE = "kubernetes:core/v1:Service";
/** What leads visitors to Services: Ingress, what Traefik reads, and the routes of the Gateway API. */
const ROUTE = /^kubernetes:(networking\.k8s\.io\/.*:Ingress|traefik\.io\/.*|gateway\.networking\.k8s\.io\/.*Route)$/;

/**
 * Ways to Traefik's API from beyond this machine or this cluster: who reaches it reads every route, testers' secrets
 * included. docs/ci.md says what is not seen.
 * @returns one text for each
 */
export function waysToTraefikApi(resources: readonly SeenResource[]): string[] {
  const pods = resources.map(podsOf);
  const cluster: SeenCluster = {
    services: resources.filter(({ type }) => type === SERVICE).map(({ props }) => props),
    pods: pods.filter((one) => one !== null),
  };
  return resources.flatMap(({ type, name, props }, index) => waysIn(type, props, pods[index] ?? null, cluster).map((way) => `${name} ${way}`));
}

function waysIn(type: string, props: Props, pods: SeenPods | null, cluster: SeenCluster): string[] {
  if (type === "sluice-local:index:TraefikFile") return spokenTo(textAt(props, "admin"));
  if (type === "docker:index/container:Container") return byContainer(props);
  if (type === SERVICE) return byService(props, cluster);
  if (pods !== null) return byPods(pods);
  return ROUTE.test(type) ? byRoute(at(props, "spec"), namespaceOf(props), cluster) : [];
}

function spokenTo(address: string): string[] {
  const admin = URL.parse(address);
  if (admin === null || isLoopback(admin.hostname)) return [];
  return [`speaks to Traefik's API at ${admin.host}; let it listen on loopback, and reach it through a tunnel`];
}

function byContainer(props: Props): string[] {
  const api = apiPortOf(["entrypoints", "command"].flatMap((list) => listAt(props, list)).filter(isText));
  if (api === null) return [];
  if (textAt(props, "networkMode") === "host") return ["lets Traefik's API listen on every address of its machine; give it a network of its own"];
  if (at(props, "publishAllPorts") === true) return ["publishes every port, Traefik's API among them; name the ports"];
  return listAt(props, "ports")
    .filter((port) => at(port, "internal") === api && !isLoopback(textAt(port, "ip")))
    .map((port) => `publishes Traefik's API on ${textAt(port, "ip") || "every address"}; publish it on 127.0.0.1`);
}

function byService(props: Props, cluster: SeenCluster): string[] {
  const way = publishedBy(at(props, "spec"));
  if (way === null) return [];
  return portsToApi(props, cluster).map(
    (port) => `publishes Traefik's API on port ${String(at(port, "port"))} by a Service ${way}; take the port out, in the chart's values ports.traefik.expose`,
  );
}

/** How a Service is reached from beyond its cluster; null where it is not. */
function publishedBy(spec: unknown): string | null {
  const kind = textAt(spec, "type");
  if (kind === "LoadBalancer" || kind === "NodePort") return `of type ${kind}`;
  return listAt(spec, "externalIPs").length > 0 ? "with external addresses" : null;
}

function byPods(pods: SeenPods): string[] {
  if (pods.hostNetwork && pods.apiPorts.length > 0) return ["lets Traefik's API listen on every address of its node; leave hostNetwork off"];
  return pods.ports
    .filter((port) => isApiPort(pods, at(port, "containerPort")) && at(port, "hostPort") !== undefined)
    .map(() => "publishes Traefik's API on its node; leave ports.traefik.hostPort off in the chart's values");
}

/** By whatever part of a route names a Service and a port of it, or Traefik's own `api@internal`. */
function byRoute(part: unknown, namespace: string, cluster: SeenCluster): string[] {
  if (typeof part !== "object" || part === null) return [];
  const service = textAt(part, "name");
  if (service === "api@internal") return ["leads visitors to api@internal; take the route out"];
  const port = [at(part, "port"), at(part, "port", "number"), at(part, "port", "name")].find(isPort);
  const own = textAt(part, "namespace") || namespace;
  if (service !== "" && port !== undefined && leadsToApi({ namespace: own, service, port }, cluster)) {
    return [`leads visitors to Traefik's API by ${service}:${port}; take the route out`];
  }
  // A Gateway that a route belongs to has a name and a port too.
  return Object.entries(part).flatMap(([key, inner]) => (key === "parentRefs" ? [] : byRoute(inner, namespace, cluster)));
}
