import fc from "fast-check";
import type { Model, RawConfig } from "../../../src/config/parse.ts";
import type { FlagDefinition } from "../../../src/model/catalog.ts";
import { effectiveExposures } from "../../../src/model/exposure.ts";
import type { Target } from "../../../src/model/target.ts";
import { arbitraryModel } from "../arbitrary-model.ts";

/** Valid config as people write it, for every target, with most keys that there are. */
export function arbitraryRawConfig(): fc.Arbitrary<RawConfig> {
  return fc.tuple(arbitraryModel(), fc.constantFrom<Target["kind"]>("local", "docker", "kubernetes"), fc.boolean()).map(([model, kind, full]) => ({
    stage: "dev",
    catalog: writtenCatalog(model, full),
    settings: { ...writtenSettings(model), target: kind, [kind]: writtenTarget(model, kind), ...(full ? FURTHER_SETTINGS : {}) },
    plainKeys: ["target", "flags", kind],
    secretPaths: [],
  }));
}

function writtenCatalog({ catalog }: Model, full: boolean): Record<string, unknown> {
  const services = mapValues(catalog.services, ({ rule, delivery }) => ({
    rule,
    delivery,
    ...(full ? { priority: 50, command: ["node", "service.js"] } : {}),
  }));
  const further = { freezes: FREEZES, cookie: { secure: true, domain: "shop.example", maxAge: 3_600 } };
  return {
    stages: ["dev", "staging"],
    steps: catalog.steps,
    services,
    flags: mapValues(catalog.flags, (flag) => writtenFlag(flag, full)),
    ...(full ? further : {}),
  };
}

function writtenFlag({ description, owner, expires, services, routes, requires }: FlagDefinition, full: boolean): Record<string, unknown> {
  const written = mapValues(routes, ({ rule, service }) => ({ rule, service }));
  return { description, owner, expires, services, requires, routes: written, ...(full ? { soak: "24h", drill: "7d", review: true, watch: WATCH } : {}) };
}

const WATCH = {
  duration: { dev: "1m", staging: "10m" },
  interval: "5s",
  metrics: {
    errors: { kind: "error-ratio", limit: 0.05 },
    slow: { kind: "latency", quantile: 0.95, limit: "300ms" },
    lost: { kind: "ratio", bad: 'lost_total{service=~"$variant"}', total: "calls_total" },
    depth: { kind: "value", query: "queue_depth", max: 10 },
  },
};

const FREEZES = [
  { name: "weekend", timeZone: "Europe/Berlin", weekly: { from: "fri 16:00", to: "mon 08:00" }, holidays: { country: "DE", region: "BY" } },
  { name: "year's end", timeZone: "UTC", stages: ["staging"], dates: ["2026-12-24", { from: "2026-12-31", to: "2027-01-01" }] },
];

const FURTHER_SETTINGS = {
  monitoring: { objective: 0.99, minimumRequests: 10, selector: 'job="traefik"', facts: "127.0.0.1:9469", runbooks: "https://runbooks.example/sluice" },
  differs: { "flags.ALPHA": "it is tried here first" },
  prometheus: "http://127.0.0.1:9090",
};

/** Settings that the rules on prerequisites let pass, with the tester secret that testers need. */
function writtenSettings({ catalog, settings }: Model): Record<string, unknown> {
  const effective = effectiveExposures(catalog, { flags: settings.flags, kill: {} });
  const flags = Object.fromEntries([...effective].map(([flag, { exposure, testers, settled }]) => [flag, { exposure, testers, settled }]));
  const kill = Object.fromEntries(
    Object.entries(settings.kill).filter(([flag, killed]) => killed === true || killed.every((route) => route in (catalog.flags[flag]?.routes ?? {}))),
  );
  return { flags, kill, testerSecret: "a-tester-secret-of-tests" };
}

function writtenTarget({ catalog }: Model, kind: Target["kind"]): Record<string, unknown> {
  const names = Object.keys(catalog.services);
  const byService = (write: (name: string, index: number) => unknown): Record<string, unknown> =>
    Object.fromEntries(names.map((name, index) => [name, write(name, index)]));
  switch (kind) {
    case "local":
      return { port: 8_100, adminPort: 8_101, workloadPorts: byService((_name, index) => 10_000 + index * 1_000) };
    case "docker":
      return {
        port: 8_100,
        adminPort: 8_101,
        services: byService((name) => ({ image: `${name}:1`, env: { LOG_LEVEL: "info" }, replicas: 2, healthPath: "/healthz" })),
      };
    case "kubernetes":
      return {
        namespace: "shop",
        clusters: { main: { context: "main", url: "http://shop.example", api: "http://127.0.0.1:9000" } },
        services: byService((name) => ({ image: `${name}:1`, env: { LOG_LEVEL: "info" }, autoscaling: { maxReplicas: 4 } })),
      };
    default:
      return kind satisfies never;
  }
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
