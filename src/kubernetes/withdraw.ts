import { flagHeader } from "../model/flag-name.ts";
import { VARIANT_HEADER } from "../model/headers.ts";
import { variantMark, variantName } from "../plan/variants.ts";
import type { Legend } from "../traefik/text.ts";
import { isGone, runningSubset, type Withdrawal } from "../traefik/withdraw.ts";
import type { Child, MiddlewareSpec, Named, TraefikServiceSpec } from "./routing-types.ts";

/** What a cluster has of a stage that a kill acts on. */
export interface LiveRouting {
  /** By name of a variant's Service, the flags that are on in it. */
  readonly legend: Legend;
  readonly slots: readonly Pick<Named<TraefikServiceSpec>, "name" | "spec">[];
  /** Those of the variants have the names of their Services. */
  readonly middlewares: readonly Pick<Named<MiddlewareSpec>, "name" | "spec">[];
  /** Names of the IngressRoutes. */
  readonly routes: readonly string[];
}

/** What a kill changes in a cluster. */
export interface ClusterWithdrawal {
  readonly slots: readonly Pick<Named<TraefikServiceSpec>, "name" | "spec">[];
  readonly middlewares: readonly Pick<Named<MiddlewareSpec>, "name" | "spec">[];
  readonly routesGone: readonly string[];
  /** Services of variants that are still led to, because none that could take over is running. */
  readonly stranded: readonly string[];
}

/**
 * Takes flags and routes out of a cluster's routing, with nothing but what is there: slots lead to the running variant
 * of the same service that has the most of the other flags and none besides; where the same pods serve every variant,
 * the variant's Middleware tells them that the flag is off. Nobody gets a flag by it.
 * @param canCarry whether the pods of a variant's Service can take traffic now
 */
export function withdrawFromCluster(live: LiveRouting, withdrawal: Withdrawal, canCarry: (leaf: string) => boolean): ClusterWithdrawal {
  const gone = new Set(withdrawal.flags);
  const middlewares: Pick<Named<MiddlewareSpec>, "name" | "spec">[] = [];
  const moves = new Map<string, string | null>();
  for (const [leaf, flags] of Object.entries(live.legend)) {
    if (!flags.some((flag) => gone.has(flag))) continue;
    const rest = flags.filter((flag) => !gone.has(flag));
    const own = live.middlewares.find(({ name }) => name === leaf);
    if (own?.spec.headers.customRequestHeaders === undefined) moves.set(leaf, runningSubset(live.legend, leaf, rest, canCarry));
    else middlewares.push({ name: leaf, spec: withoutFlags(leaf, own.spec, gone, rest) });
  }
  const slots = live.slots.flatMap(({ name, spec }) => {
    const services = spec.weighted.services.map((child) => moved(child, moves));
    return services.some((child, index) => child !== spec.weighted.services[index])
      ? [{ name, spec: { ...spec, weighted: { ...spec.weighted, services } } }]
      : [];
  });
  const led = new Set(live.slots.flatMap(({ spec }) => spec.weighted.services.map(({ name }) => name)));
  return {
    slots,
    middlewares,
    routesGone: live.routes.filter((route) => isGone(route, withdrawal)),
    stranded: [...moves].flatMap(([leaf, target]) => (target === null && led.has(leaf) ? [leaf] : [])),
  };
}

function moved(child: Child, moves: ReadonlyMap<string, string | null>): Child {
  const target = child.kind === "Service" ? (moves.get(child.name) ?? null) : null;
  if (child.kind !== "Service" || target === null) return child;
  return { ...child, name: target, middlewares: child.middlewares.map(({ name }) => ({ name: name === child.name ? target : name })) };
}

function withoutFlags(leaf: string, { headers }: MiddlewareSpec, gone: ReadonlySet<string>, rest: readonly string[]): MiddlewareSpec {
  const [service = ""] = leaf.split("--");
  const off = Object.fromEntries([...gone].map((flag) => [flagHeader(flag), "false"]));
  const told = Object.entries(headers.customRequestHeaders ?? {}).map(([header, value]): [string, string] => [header, off[header] ?? value]);
  return {
    headers: { customRequestHeaders: Object.fromEntries(told), customResponseHeaders: { [VARIANT_HEADER]: variantMark(service, variantName(rest)) } },
  };
}
