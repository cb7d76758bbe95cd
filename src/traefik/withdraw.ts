import { flagHeader, flagSlug } from "../model/flag-name.ts";
import { VARIANT_HEADER } from "../model/headers.ts";
import { variantMark, variantName } from "../plan/variants.ts";
import { variantService } from "./names.ts";
import type { Legend, ReadDocument } from "./text.ts";

/** What is taken away at once: whole flags, and single gated routes as `FLAG/route`. */
export interface Withdrawal {
  readonly flags: readonly string[];
  readonly routes: readonly string[];
}

export interface Withdrawn {
  readonly document: ReadDocument;
  readonly legend: Legend;
  /** From a variant with a flag that goes to the one that takes its visitors over; null where none can. */
  readonly moves: Readonly<Record<string, string | null>>;
  readonly routersGone: readonly string[];
}

/**
 * Takes flags and routes out of a document that is being served, with nothing but the document: visitors
 * of a variant with such a flag go to the running variant of the same service that has the most of its
 * other flags and none besides. Nobody gets a flag by it.
 * @param canCarry whether the workloads of a Traefik service can take traffic now
 */
export function withdraw(document: ReadDocument, legend: Legend, withdrawal: Withdrawal, canCarry: (service: string) => boolean): Withdrawn {
  const gone = new Set(withdrawal.flags);
  const { routers, services, middlewares } = document.http;
  const made: { services: typeof services; middlewares: typeof middlewares; legend: Record<string, readonly string[]> } = {
    services: {},
    middlewares: {},
    legend: {},
  };
  const moves: Record<string, string | null> = {};
  for (const [variant, flags] of Object.entries(legend)) {
    if (!flags.some((flag) => gone.has(flag))) continue;
    const rest = flags.filter((flag) => !gone.has(flag));
    moves[variant] = derive(variant, rest) ?? runningSubset(legend, variant, rest, canCarry);
  }

  /** One workload serves all variants under `header` delivery: the one without the flags differs by its headers alone. */
  function derive(variant: string, rest: readonly string[]): string | null {
    const [service = ""] = variant.split("--");
    const own = middlewares[variant]?.headers;
    if (own?.customRequestHeaders === undefined) return null;
    const name = variantName(rest);
    const target = variantService(service, name);
    if (target in services) return target;
    const off = Object.fromEntries([...gone].map((flag) => [flagHeader(flag), "false"]));
    const known = Object.fromEntries(Object.entries(own.customRequestHeaders).map(([header, value]) => [header, off[header] ?? value]));
    made.middlewares[target] = { headers: { customRequestHeaders: known, customResponseHeaders: { [VARIANT_HEADER]: variantMark(service, name) } } };
    made.services[target] = { ...services[variant], middlewares: [target] };
    made.legend[target] = rest;
    return target;
  }

  const target = (name: string): string => moves[name] ?? name;
  const routersGone = Object.keys(routers).filter((name) => isGone(name, withdrawal));
  return {
    document: {
      ...document,
      http: {
        ...document.http,
        routers: mapEntries(routers, (router, name) => (routersGone.includes(name) ? null : { ...router, service: target(router.service) })),
        services: {
          ...mapEntries(services, (service) =>
            service.weighted === undefined
              ? service
              : { ...service, weighted: { ...service.weighted, services: service.weighted.services.map((child) => ({ ...child, name: target(child.name) })) } },
          ),
          ...made.services,
        },
        middlewares: { ...middlewares, ...made.middlewares },
      },
    },
    legend: { ...legend, ...made.legend },
    moves,
    routersGone,
  };
}

/** The running variant of the same service that has the most of the flags and none besides; null where there is none. */
export function runningSubset(legend: Legend, variant: string, rest: readonly string[], canCarry: (service: string) => boolean): string | null {
  const [service] = variant.split("--");
  const candidates = Object.entries(legend)
    .filter(([other, flags]) => other.split("--")[0] === service && flags.every((flag) => rest.includes(flag)) && canCarry(other))
    .sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  return candidates[0]?.[0] ?? null;
}

/** Whether a kill takes a router away: those of gated routes are named `<service>.<flag's slug>.<route>`, and end in `.tester` or `.bucket-N`. */
export function isGone(router: string, { flags, routes }: Withdrawal): boolean {
  const [, slug, route] = router.split(".");
  if (slug === undefined || route === undefined) return false;
  return (
    flags.some((flag) => flagSlug(flag) === slug) ||
    routes.some((name) => {
      const [flag = "", own] = name.split("/");
      return flagSlug(flag) === slug && own === route;
    })
  );
}

function mapEntries<T>(record: Readonly<Record<string, T>>, map: (value: T, key: string) => T | null): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => {
      const mapped = map(value, key);
      return mapped === null ? [] : [[key, mapped] as const];
    }),
  );
}
