import { traefikRouterName, traefikServiceName } from "./names.ts";

/** A slot, and where it leads. */
export interface Slot {
  readonly name: string;
  readonly children: readonly { readonly kind: string; readonly name: string; readonly port?: string | number | undefined }[];
}

/** Routing as a cluster has it now: that of a stage, or of some of its services. */
export interface AppliedRouting {
  readonly slots: readonly Slot[];
  readonly routes: readonly { readonly name: string; readonly rules: readonly string[] }[];
  /** Services with a pod that can take traffic. */
  readonly carrying: ReadonlySet<string>;
}

/** A service of Traefik, as its API shows it. */
export interface RunningService {
  readonly name: string;
  readonly status: string;
  readonly weighted?: { readonly services: readonly { readonly name: string }[] } | undefined;
  readonly loadBalancer?: { readonly servers: readonly unknown[] } | undefined;
}

/** What a Traefik leads by now. */
export interface RunningRouting {
  readonly services: readonly RunningService[];
  readonly routers: readonly { readonly name: string; readonly status: string }[];
}

/**
 * The objects by which a Traefik does not lead yet: it has them otherwise, cannot use them, has no server of a Service
 * of which the cluster has one, or still has a rule that an IngressRoute had before. Pods may be taken away only where
 * there are none. Compared with the cluster and not with the plan, because a kill may have been made in between, and
 * pods that are not well are none of Traefik's faults.
 */
export function behind(namespace: string, { slots, routes, carrying }: AppliedRouting, running: RunningRouting): string[] {
  const services = new Map(running.services.map((service) => [service.name, service]));
  const routers = new Set(running.routers.filter(({ status }) => status === "enabled").map(({ name }) => name));
  const earlier = Map.groupBy(routers, (router) => router.replace(HASH, ""));
  const hasServers = (child: Slot["children"][number]): boolean =>
    child.kind !== "Service" || !carrying.has(child.name) || (services.get(runningName(namespace, child))?.loadBalancer?.servers.length ?? 0) > 0;
  const takenRoute = ({ name, rules }: AppliedRouting["routes"][number]): boolean => {
    const wanted = rules.map((rule) => traefikRouterName(namespace, name, rule));
    // A router is called by its IngressRoute and a hash of its rule.
    const stem = traefikRouterName(namespace, name, "").replace(HASH, "");
    return wanted.every((router) => routers.has(router)) && (earlier.get(stem) ?? []).every((router) => wanted.includes(router));
  };
  return [
    ...slots
      .filter((slot) => !leadsBy(namespace, slot, services.get(traefikServiceName(namespace, slot.name, null))) || !slot.children.every(hasServers))
      .map(({ name }) => `TraefikService ${name}`),
    ...routes.filter((route) => !takenRoute(route)).map(({ name }) => `IngressRoute ${name}`),
  ];
}

/** Whether a Traefik leads by a slot. @param running what it has by that name; undefined where it has nothing */
export function leadsBy(namespace: string, { children }: Slot, running: RunningService | undefined): boolean {
  const found = (running?.weighted?.services ?? []).map(({ name }) => qualified(name));
  return running?.status === "enabled" && found.length === children.length && children.every((child) => found.includes(runningName(namespace, child)));
}

/** Ending of a router's name. */
const HASH = /-[0-9a-f]{20}(?=@kubernetescrd$)/;

function runningName(namespace: string, { kind, name, port }: Slot["children"][number]): string {
  return traefikServiceName(namespace, name, kind === "Service" && port !== undefined ? String(port) : null);
}

function qualified(name: string): string {
  return name.includes("@") ? name : `${name}@kubernetescrd`;
}
