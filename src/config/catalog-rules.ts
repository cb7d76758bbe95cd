import type { Catalog, FlagDefinition } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";
import { ruleFault } from "../model/traefik-rule.ts";
import { unknownKey } from "./schema-faults.ts";

/** What no schema can say of a catalogue: its names refer to each other, its rules do not collide. */
export function catalogFaults(catalog: Catalog): Fault[] {
  return [...listFaults(catalog), ...referenceFaults(catalog), ...cycleFaults(catalog), ...ruleFaults(catalog), ...policyFaults(catalog)];
}

function listFaults(catalog: Catalog): Fault[] {
  const faults: Fault[] = [];
  const repeated = catalog.stages.filter((stage, index) => catalog.stages.indexOf(stage) !== index);
  if (repeated.length > 0) {
    faults.push({ path: "catalog.stages", found: `names ${repeated.join(", ")} twice`, allowed: "each stage once", wayOut: null });
  }
  const ascending = catalog.steps.every((step, index) => index === 0 || step > (catalog.steps[index - 1] ?? 0));
  if (!ascending || catalog.steps.at(-1) !== 100) {
    faults.push({
      path: "catalog.steps",
      found: `is ${JSON.stringify(catalog.steps)}`,
      allowed: "ascending percentages, the last one 100",
      wayOut: "for example [1, 5, 25, 50, 100]",
    });
  }
  return faults;
}

function referenceFaults(catalog: Catalog): Fault[] {
  const services = Object.keys(catalog.services);
  const flags = Object.keys(catalog.flags);
  return Object.entries(catalog.flags).flatMap(([name, flag]) => {
    const path = `catalog.flags.${name}`;
    return [
      ...flag.services
        .filter((service) => !Object.hasOwn(catalog.services, service))
        .map((service) => unknownKey(`${path}.services: ${service}`, service, services)),
      ...flag.requires.filter((other) => !Object.hasOwn(catalog.flags, other)).map((other) => unknownKey(`${path}.requires: ${other}`, other, flags)),
      ...Object.entries(flag.routes)
        .filter(([, route]) => !flag.services.includes(route.service))
        .map(([route, { service }]) => unknownKey(`${path}.routes.${route}.service: ${service}`, service, flag.services)),
    ];
  });
}

/** One fault for each cycle in `requires`, with the way round it. */
function cycleFaults(catalog: Catalog): Fault[] {
  const faults: Fault[] = [];
  const cleared = new Set<string>();
  const visit = (flag: string, trail: readonly string[]): void => {
    const start = trail.indexOf(flag);
    if (start >= 0) {
      const cycle = [...trail.slice(start), flag].join(" -> ");
      faults.push({
        path: `catalog.flags.${flag}.requires`,
        found: `leads back to itself: ${cycle}`,
        allowed: "flags that do not need this one",
        wayOut: "remove one of these requirements",
      });
      return;
    }
    if (cleared.has(flag)) return;
    for (const other of catalog.flags[flag]?.requires ?? []) visit(other, [...trail, flag]);
    cleared.add(flag);
  };
  for (const flag of Object.keys(catalog.flags).sort()) visit(flag, []);
  return faults;
}

function ruleFaults(catalog: Catalog): Fault[] {
  const faults: Fault[] = [];
  const owners = new Map<string, string>();
  const check = (path: string, rule: string): void => {
    const fault = ruleFault(rule);
    if (fault !== null) {
      faults.push({ path, found: `is ${rule}: it ${fault}`, allowed: "a rule that Traefik 3.7 can parse, such as PathPrefix(`/voice`)", wayOut: null });
    }
    const key = rule.replaceAll(/\s+/g, "");
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, path);
    else {
      faults.push({ path, found: `is the rule of ${owner} too`, allowed: "one rule for one service or route", wayOut: "make one of them narrower" });
    }
  };
  for (const [name, service] of sorted(catalog.services)) check(`catalog.services.${name}.rule`, service.rule);
  for (const [name, flag] of sorted(catalog.flags)) {
    for (const [route, { rule }] of sorted(flag.routes)) check(`catalog.flags.${name}.routes.${route}.rule`, rule);
  }
  return faults;
}

/** Faults in what a promotion follows: soak times, watches, freezes. */
function policyFaults(catalog: Catalog): Fault[] {
  const faults = Object.entries(catalog.flags).flatMap(([name, flag]) => [
    ...[
      { path: `catalog.flags.${name}.soak`, byStage: flag.soak },
      { path: `catalog.flags.${name}.watch.duration`, byStage: flag.watch.duration },
    ].flatMap(({ path, byStage }) =>
      Object.keys(byStage)
        .filter((stage) => !catalog.stages.includes(stage))
        .map((stage) => unknownKey(`${path}.${stage}`, stage, catalog.stages)),
    ),
    ...watchFaults(`catalog.flags.${name}.watch`, flag),
  ]);
  for (const [index, freeze] of catalog.freezes.entries()) {
    const path = `catalog.freezes[${index}]`;
    faults.push(
      ...freeze.stages.filter((stage) => !catalog.stages.includes(stage)).map((stage) => unknownKey(`${path}.stages: ${stage}`, stage, catalog.stages)),
    );
    if (!isTimeZone(freeze.timeZone)) {
      faults.push({ path: `${path}.timeZone`, found: `is ${freeze.timeZone}`, allowed: "an IANA time zone such as Europe/Berlin, or UTC", wayOut: null });
    }
    if (freeze.weekly === null && freeze.dates.length === 0 && freeze.holidays === null) {
      faults.push({ path, found: `${freeze.name} never freezes anything`, allowed: "at least one of weekly, dates and holidays", wayOut: null });
    }
    const backwards = freeze.dates.find(({ from, to }) => from > to);
    if (backwards !== undefined) {
      faults.push({
        path: `${path}.dates`,
        found: `ends on ${backwards.to}, before it begins on ${backwards.from}`,
        allowed: "from not after to",
        wayOut: null,
      });
    }
  }
  return faults;
}

function watchFaults(path: string, { watch }: FlagDefinition): Fault[] {
  const faults: Fault[] = [];
  if (watch.interval < 1_000) {
    faults.push({ path: `${path}.interval`, found: `is ${watch.interval} ms`, allowed: "1s or longer", wayOut: null });
  }
  const shortest = Math.min(...Object.values(watch.duration).filter((duration) => duration > 0));
  if (watch.interval > shortest) {
    faults.push({
      path: `${path}.interval`,
      found: `is longer than a step is watched (${shortest} ms)`,
      allowed: "at most the shortest duration",
      wayOut: null,
    });
  }
  for (const [name, metric] of Object.entries(watch.metrics)) {
    if (metric.kind === "value" && metric.min !== null && metric.max !== null && metric.min > metric.max) {
      faults.push({ path: `${path}.metrics.${name}`, found: `has min ${metric.min} above max ${metric.max}`, allowed: "min not above max", wayOut: null });
    }
    if (metric.kind === "latency" && (metric.quantile <= 0 || metric.quantile >= 1)) {
      faults.push({ path: `${path}.metrics.${name}.quantile`, found: `is ${metric.quantile}`, allowed: "between 0 and 1, such as 0.99", wayOut: null });
    }
    if (metric.kind === "value" && metric.min === null && metric.max === null) {
      faults.push({ path: `${path}.metrics.${name}`, found: "has no bounds", allowed: "min, max or both", wayOut: null });
    }
    if ((metric.kind === "error-ratio" || metric.kind === "ratio") && metric.limit === null && !metric.compare) {
      faults.push({ path: `${path}.metrics.${name}`, found: "is held against nothing", allowed: "a limit, compare, or both", wayOut: null });
    }
    if ("limit" in metric && metric.kind !== "latency" && metric.limit !== null && (metric.limit <= 0 || metric.limit >= 1)) {
      faults.push({ path: `${path}.metrics.${name}.limit`, found: `is ${metric.limit}`, allowed: "a share between 0 and 1, such as 0.05", wayOut: null });
    }
  }
  return faults;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
