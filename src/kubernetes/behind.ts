import { traefikRouterName, traefikServiceName } from "./names.ts";

/** The routing of a stage as its cluster has it now. */
export interface ClusterRouting {
  readonly slots: readonly {
    readonly name: string;
    readonly children: readonly { readonly kind: string; readonly name: string; readonly port: string | null }[];
  }[];
  readonly routes: readonly { readonly name: string; readonly rules: readonly string[] }[];
}

/** What a Traefik leads by now, as its API shows it. */
export interface TraefikRouting {
  readonly services: readonly {
    readonly name: string;
    readonly status: string;
    /** Names of the services that it leads on to; null where it leads to servers itself. */
    readonly children: readonly string[] | null;
    readonly servers: number;
  }[];
  readonly routers: readonly { readonly name: string; readonly status: string }[];
}

/**
 * The objects of a stage by which a Traefik does not lead yet: it has them otherwise, cannot use them, has no server of
 * a Service that one leads to, or still has a rule that an IngressRoute had before. Pods may be taken away only where
 * there are none. Compared with the cluster and not with the plan, because a kill may have been made in between.
 */
export function behind(namespace: string, { slots, routes }: ClusterRouting, traefik: TraefikRouting): string[] {
  const services = new Map(traefik.services.map((service) => [service.name, service]));
  const routers = new Set(traefik.routers.filter(({ status }) => status === "enabled").map(({ name }) => name));
  const takenSlot = ({ name, children }: ClusterRouting["slots"][number]): boolean => {
    const found = services.get(traefikServiceName(namespace, name, null));
    const wanted = children.map((child) => traefikServiceName(namespace, child.name, child.port));
    return (
      found?.status === "enabled" &&
      same((found.children ?? []).map(qualified), wanted) &&
      children.every((child, index) => child.kind !== "Service" || (services.get(wanted[index] ?? "")?.servers ?? 0) > 0)
    );
  };
  const takenRoute = ({ name, rules }: ClusterRouting["routes"][number]): boolean => {
    const wanted = rules.map((rule) => traefikRouterName(namespace, name, rule));
    // A router is called by its IngressRoute and a hash of its rule.
    const stem = traefikRouterName(namespace, name, "").replace(HASH, "");
    const earlier = [...routers].filter((router) => HASH.test(router) && router.replace(HASH, "") === stem && !wanted.includes(router));
    return earlier.length === 0 && wanted.every((router) => routers.has(router));
  };
  return [
    ...slots.filter((slot) => !takenSlot(slot)).map(({ name }) => `TraefikService ${name}`),
    ...routes.filter((route) => !takenRoute(route)).map(({ name }) => `IngressRoute ${name}`),
  ];
}

/** Ending of a router's name. */
const HASH = /-[0-9a-f]{20}@kubernetescrd$/;

function qualified(name: string): string {
  return name.includes("@") ? name : `${name}@kubernetescrd`;
}

function same(found: readonly string[], wanted: readonly string[]): boolean {
  return found.length === wanted.length && wanted.every((name) => found.includes(name));
}
