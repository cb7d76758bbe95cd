import { flagHeader } from "../model/flag-name.ts";
import { VARIANT_HEADER } from "../model/headers.ts";
import { variantMark, variantName } from "../plan/variants.ts";
import type { Legend } from "../traefik/text.ts";
import { isGone, runningSubset, type Withdrawal } from "../traefik/withdraw.ts";

/** A slot as it is in a cluster; what a person has put there beside is kept. */
export interface LiveSlot {
  readonly name: string;
  readonly spec: { readonly weighted: { readonly services: readonly LiveChild[] } };
}

/** Where a slot leads. */
export interface LiveChild {
  readonly kind: string;
  readonly name: string;
  readonly port?: string | number | undefined;
  readonly middlewares?: readonly { readonly name: string }[] | undefined;
}

export interface LiveHeaders {
  readonly customRequestHeaders?: Readonly<Record<string, string>> | undefined;
  readonly customResponseHeaders?: Readonly<Record<string, string>> | undefined;
}

/** A Middleware as it is in a cluster. */
export interface LiveMiddleware {
  readonly name: string;
  readonly spec: { readonly headers?: LiveHeaders | undefined };
}

/** What a cluster has of a stage that a kill acts on. */
export interface LiveRouting {
  /** By name of a variant's Service, the flags that are on in it. */
  readonly legend: Legend;
  readonly slots: readonly LiveSlot[];
  /** Those of the variants have the names of their Services. */
  readonly middlewares: readonly LiveMiddleware[];
  /** Names of the IngressRoutes. */
  readonly routes: readonly string[];
}

/** What a kill changes in a cluster. */
export interface ClusterWithdrawal {
  readonly slots: readonly LiveSlot[];
  readonly middlewares: readonly LiveMiddleware[];
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
  const middlewares: LiveMiddleware[] = [];
  const moves = new Map<string, string | null>();
  for (const [leaf, flags] of Object.entries(live.legend)) {
    const off = flags.filter((flag) => gone.has(flag));
    if (off.length === 0) continue;
    const rest = flags.filter((flag) => !gone.has(flag));
    const own = live.middlewares.find(({ name }) => name === leaf);
    const told = own?.spec.headers?.customRequestHeaders;
    // Pods that are not told of a flag have it by themselves.
    if (told === undefined || !off.every((flag) => flagHeader(flag) in told)) moves.set(leaf, runningSubset(live.legend, leaf, rest, canCarry));
    else if (off.some((flag) => told[flagHeader(flag)] !== "false")) middlewares.push({ name: leaf, spec: withoutFlags(leaf, told, gone, rest) });
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

function moved(child: LiveChild, moves: ReadonlyMap<string, string | null>): LiveChild {
  const target = child.kind === "Service" ? (moves.get(child.name) ?? null) : null;
  if (target === null) return child;
  return { ...child, name: target, middlewares: (child.middlewares ?? []).map(({ name }) => ({ name: name === child.name ? target : name })) };
}

/** The mark is that of the flags which the pods are still told: an earlier kill may have taken others off. */
function withoutFlags(leaf: string, told: Readonly<Record<string, string>>, gone: ReadonlySet<string>, rest: readonly string[]): LiveMiddleware["spec"] {
  const [service = ""] = leaf.split("--");
  const off = Object.fromEntries([...gone].map((flag) => [flagHeader(flag), "false"]));
  const customRequestHeaders = Object.fromEntries(Object.entries(told).map(([header, value]) => [header, off[header] ?? value]));
  const on = rest.filter((flag) => told[flagHeader(flag)] !== "false");
  return { headers: { customRequestHeaders, customResponseHeaders: { [VARIANT_HEADER]: variantMark(service, variantName(on)) } } };
}
