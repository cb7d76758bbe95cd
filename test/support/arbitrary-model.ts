import fc from "fast-check";
import type { Model } from "../../src/config/parse.ts";
import type { FlagDefinition, Service } from "../../src/model/catalog.ts";
import type { Kill, Setting } from "../../src/model/settings.ts";
import { UNWATCHED } from "./model.ts";

const SERVICES = ["a-api", "b-api", "c-web"];
const FLAGS = ["ALPHA", "BETA_TWO", "DELTA", "GAMMA", "OMEGA_ENABLED"];

/** Valid catalogues with up to three services and five flags, and any settings on them. */
export function arbitraryModel(): fc.Arbitrary<Model> {
  const steps = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 5 }).map((list) => [...list.sort((a, b) => a - b), 100]);
  return fc
    .record({
      steps,
      deliveries: fc.array(fc.constantFrom("env" as const, "header" as const), { minLength: 3, maxLength: 3 }),
      count: fc.integer({ min: 1, max: FLAGS.length }),
      placing: fc.array(fc.subarray(SERVICES, { minLength: 1 }), { minLength: 5, maxLength: 5 }),
      routed: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      requiring: fc.array(fc.option(fc.nat(), { nil: null }), { minLength: 5, maxLength: 5 }),
      exposing: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
      testers: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      settled: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      killing: fc.array(fc.constantFrom<Kill | null>(null, null, null, true, ["only"]), { minLength: 5, maxLength: 5 }),
    })
    .map((drawn) => {
      const names = FLAGS.slice(0, drawn.count);
      const services = Object.fromEntries(
        SERVICES.map((name, index): [string, Service] => [
          name,
          { rule: `PathPrefix(\`/${name}\`)`, priority: null, delivery: drawn.deliveries[index] ?? "env", command: [] },
        ]),
      );
      const flags = Object.fromEntries(
        names.map((name, index): [string, FlagDefinition] => {
          const places = drawn.placing[index] ?? SERVICES;
          const [first = "a-api"] = places;
          const routes = drawn.routed[index] === true ? { only: { rule: `Path(\`/${name.toLowerCase()}\`)`, service: first, priority: null } } : {};
          // A flag may only require one before it, so that there is no cycle.
          const required = drawn.requiring[index] ?? null;
          const requires = required === null || index === 0 ? [] : [names[required % index] ?? ""];
          return [name, { description: name, owner: "team", expires: "2099-01-01", services: places, routes, requires, ...UNWATCHED }];
        }),
      );
      const settings = Object.fromEntries(
        names.map((name, index): [string, Setting] => {
          const exposure = [0, ...drawn.steps][(drawn.exposing[index] ?? 0) % (drawn.steps.length + 1)] ?? 0;
          return [name, { exposure, testers: drawn.testers[index] === true, settled: drawn.settled[index] === true && exposure === 100 }];
        }),
      );
      const kill = Object.fromEntries(
        names.flatMap((name, index): [string, Kill][] => {
          const drawnKill = drawn.killing[index] ?? null;
          return drawnKill === null ? [] : [[name, drawnKill]];
        }),
      );
      return {
        catalog: { stages: ["dev"], steps: drawn.steps, cookie: { secure: false, domain: null, maxAge: 3600 }, freezes: [], services, flags },
        settings: {
          stage: "dev",
          target: { kind: "local" as const, host: "127.0.0.1", port: 1, adminPort: 2, workloadPorts: {}, directory: null },
          flags: settings,
          kill,
          overrides: {},
          approvals: {},
          differs: {},
          prometheus: null,
          monitoring: null,
          hasTesterSecret: true,
          hasWebhook: false,
        },
      };
    });
}

/** The same value with the keys of every record the other way round. */
export function reorder<T>(value: T): T;
export function reorder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown) => reorder(entry));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, entry]: [string, unknown]) => [key, reorder(entry)]),
  );
}
