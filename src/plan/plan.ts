import { addTo } from "../model/add-to.ts";
import { cutBuckets } from "../model/bucket.ts";
import type { Catalog } from "../model/catalog.ts";
import { dependents, type Exposure, effectiveExposures, requirersOf } from "../model/exposure.ts";
import { flagSlug } from "../model/flag-name.ts";
import type { StageSettings } from "../model/settings.ts";
import type { RolloutPlan, Route, ServicePlan } from "./rollout-plan.ts";
import { composeVariants } from "./variants.ts";

/** Plans a stage: who sees which variant of which service, on which routes. Total for a valid model. */
export function planRollout(catalog: Catalog, settings: StageSettings): RolloutPlan {
  const all = effectiveExposures(catalog, settings);
  const visible = visibleOf(all);
  const noted = [...all].filter(([flag, exposure]) => visible.has(flag) || exposure.killed);
  const buckets = cutBuckets(catalog.steps);
  const flagsOf = groupFlags(catalog);
  const routesOf = groupGatedRoutes(catalog, settings, visible);
  const withdrawalsOf = groupWithdrawals(catalog, visible);
  const services: Record<string, ServicePlan> = {};
  for (const name of Object.keys(catalog.services).sort()) {
    const service = catalog.services[name];
    if (service === undefined) continue;
    const flags = flagsOf.get(name) ?? [];
    const own: Route = {
      name,
      rule: service.rule,
      priority: service.priority ?? service.rule.length,
      gatedBy: null,
      testersOnly: false,
    };
    services[name] = {
      delivery: service.delivery,
      flags,
      ...composeVariants({ service: name, delivery: service.delivery, flags, exposures: visible, withdrawals: withdrawalsOf.get(name) ?? [] }, buckets),
      routes: [own, ...(routesOf.get(name) ?? [])],
    };
  }
  return {
    stage: settings.stage,
    buckets,
    cookie: catalog.cookie,
    flags: Object.fromEntries(noted.sort(([a], [b]) => (a < b ? -1 : 1))),
    knownFlags: Object.keys(catalog.flags).sort(),
    services,
  };
}

/** The gated routes that exist in a stage. Total for a valid model. */
export function gatedRoutesOf(catalog: Catalog, settings: StageSettings): Route[] {
  return [...groupGatedRoutes(catalog, settings, visibleOf(effectiveExposures(catalog, settings))).values()].flat();
}

function visibleOf(exposures: ReadonlyMap<string, Exposure>): Map<string, Exposure> {
  return new Map([...exposures].filter(([, { exposure, testers }]) => exposure > 0 || testers));
}

function groupFlags(catalog: Catalog): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const flag of Object.keys(catalog.flags).sort()) {
    for (const service of new Set(catalog.flags[flag]?.services)) addTo(groups, service, flag);
  }
  return groups;
}

/** By service, what may go off at once that the service is told of: each exposed flag that is not settled, with those that require it. */
function groupWithdrawals(catalog: Catalog, visible: ReadonlyMap<string, Exposure>): Map<string, ReadonlySet<string>[]> {
  const groups = new Map<string, ReadonlySet<string>[]>();
  const requirers = requirersOf(catalog);
  for (const [flag, { exposure, settled }] of visible) {
    if (exposure === 0 || settled) continue;
    const gone = dependents(catalog, flag, requirers);
    const services = new Set([...gone].flatMap((one) => catalog.flags[one]?.services ?? []));
    for (const service of services) addTo(groups, service, gone);
  }
  return groups;
}

/** The gated routes that exist in this stage, by service: flag visible, route not taken away. */
function groupGatedRoutes(catalog: Catalog, settings: StageSettings, visible: ReadonlyMap<string, Exposure>): Map<string, Route[]> {
  const groups = new Map<string, Route[]>();
  for (const flag of [...visible.keys()].sort()) {
    const routes = catalog.flags[flag]?.routes ?? {};
    const kill = settings.kill[flag];
    const taken = kill === undefined || kill === true ? [] : kill;
    for (const name of Object.keys(routes).sort()) {
      const route = routes[name];
      if (route === undefined || taken.includes(name)) continue;
      addTo(groups, route.service, {
        name: `${route.service}.${flagSlug(flag)}.${name}`,
        rule: route.rule,
        priority: route.priority ?? route.rule.length,
        gatedBy: flag,
        testersOnly: visible.get(flag)?.exposure === 0,
      });
    }
  }
  return groups;
}
