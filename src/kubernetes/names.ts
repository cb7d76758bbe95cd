import { createHash } from "node:crypto";

/** Longest name of a Service and longest value of a label. */
const MAX_LABEL = 63;

/** The name of a variant's objects: readable, and unlike any other's by the hash of what the object is made from. */
export function hashedName(readable: string, hash: string): string {
  return `${readable.slice(0, MAX_LABEL - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}

/** The TraefikService that every visitor goes through where all see the same variant. */
export function everyoneSlot(service: string): string {
  return `${service}.everyone`;
}

/** The TraefikService that spreads visitors without a bucket over the buckets. */
export function newcomersSlot(service: string): string {
  return `${service}.newcomers`;
}

/** The TraefikService that decides which variant a bucket sees. */
export function bucketSlot(service: string, bucket: number): string {
  return `${service}.bucket-${bucket}`;
}

/** The TraefikService that decides which variant testers see. */
export function testersSlot(service: string): string {
  return `${service}.testers`;
}

/** The IngressRoute of a route for testers; apart from the route's own, because its rule holds the tester secret. */
export function testersRoute(route: string): string {
  return `${route}.testers`;
}

/** Name of the port of a variant's Service by which ordinary requests come. */
export const PORT = "http";

/** Name of the port by which requests of a bucket's newcomers come: Traefik tells its services apart by Service and port, so each has headers of its own. */
export function bucketPort(bucket: number): string {
  return `bucket-${bucket}`;
}

/** The ConfigMap of the flagd document. */
export const FLAGD = "sluice-flagd";
/** The ConfigMap of the kills that no update has taken up. */
export const STANDING_KILLS = "sluice-kills";

/** The account of pods whose service has none of its own; it has no rights, and no token. */
export const SERVICE_ACCOUNT = "sluice-workloads";
/** The NetworkPolicy of a stage's pods. */
export const ONLY_FROM_TRAEFIK = "sluice-only-from-traefik";

/** What Traefik calls a service of its Kubernetes provider, as in its metrics. @param port null for a TraefikService */
export function traefikServiceName(namespace: string, name: string, port: string | null): string {
  return `${normalized(port === null ? `${namespace}-${name}` : `${namespace}-${name}-${port}`)}@kubernetescrd`;
}

/** What Traefik calls the router of one rule of an IngressRoute. Source: `makeServiceKey` of Traefik 3.7's Kubernetes provider. */
export function traefikRouterName(namespace: string, ingressRoute: string, rule: string): string {
  const key = createHash("sha256").update(rule).digest("hex").slice(0, 20);
  return `${normalized(`${namespace}-${ingressRoute}-${key}`)}@kubernetescrd`;
}

/** Letters and digits, joined by single hyphens. Source: `provider.Normalize` of Traefik 3.7. */
function normalized(name: string): string {
  return name
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== "")
    .join("-");
}
