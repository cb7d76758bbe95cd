import type { Catalog } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";
import type { Kill, Setting, StageSettings } from "../model/settings.ts";
import { catalogFaults } from "./catalog-rules.ts";
import { type CatalogInput, catalogSchema, type SettingInput, type StageInput, stageSchema } from "./schema.ts";
import { parseWith } from "./schema-faults.ts";
import { stageFaults } from "./stage-rules.ts";

/** What Pulumi hands over: the catalogue, and the stage's keys without their namespace. */
export interface RawConfig {
  readonly stage: string;
  readonly catalog: unknown;
  readonly settings: unknown;
  /** Keys that were stored in plain text. */
  readonly plainKeys: readonly string[];
}

/** All that a stage's rollout follows from, apart from the state of other stages. */
export interface Model {
  readonly catalog: Catalog;
  readonly settings: StageSettings;
}

export type Parsed = { readonly ok: true; readonly model: Model } | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads config into a model, or gives every fault in it at once. */
export function parseConfig(raw: RawConfig): Parsed {
  const catalogInput = parseWith("catalog", catalogSchema, raw.catalog);
  const stageInput = parseWith("", stageSchema, raw.settings);
  const faults = [...catalogInput.faults, ...stageInput.faults];
  // A catalogue is checked further only when it is whole: every missing entry would make others look wrong.
  const catalog = catalogInput.data === null || catalogInput.faults.length > 0 ? null : toCatalog(catalogInput.data);
  const settings = stageInput.data === null ? null : toSettings(raw.stage, stageInput.data);
  if (catalog !== null) faults.push(...catalogFaults(catalog));
  if (catalog !== null && settings !== null) faults.push(...stageFaults(catalog, settings, raw.plainKeys));
  if (faults.length > 0 || catalog === null || settings === null) return { ok: false, faults };
  return { ok: true, model: { catalog, settings } };
}

function toCatalog(input: CatalogInput): Catalog {
  return {
    stages: input.stages,
    steps: input.steps,
    cookie: { secure: input.cookie.secure, maxAge: input.cookie.maxAge, domain: input.cookie.domain ?? null },
    services: mapValues(input.services, (service) => ({ ...service, priority: service.priority ?? null })),
    flags: mapValues(input.flags, (flag) => ({
      ...flag,
      routes: mapValues(flag.routes, (route) => ({ ...route, priority: route.priority ?? null })),
    })),
  };
}

function toSettings(stage: string, input: StageInput): StageSettings {
  return {
    stage,
    target: input.target,
    flags: mapValues(input.flags, toSetting),
    kill: mapValues<StageInput["kill"][string], Kill>(input.kill, (kill) => kill),
    overrides: input.overrides,
    hasTesterSecret: input.testerSecret !== undefined,
    local: {
      host: input.local?.host ?? "127.0.0.1",
      port: input.local?.port ?? 0,
      adminPort: input.local?.adminPort ?? 0,
      workloadPorts: input.local?.workloadPorts ?? {},
      directory: input.local?.directory ?? null,
    },
  };
}

/** The longest form of `false`, `true`, a percentage or an object. */
export function toSetting(input: SettingInput): Setting {
  if (typeof input === "object") return input;
  const exposure = typeof input === "number" ? input : input ? 100 : 0;
  return { exposure, testers: false, settled: false };
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
