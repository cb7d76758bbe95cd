import type { Catalog, FlagDefinition, Freeze, Metric } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";
import { type Kill, type MonitoringSettings, type Setting, STANDARD_MONITORING, type StageSettings } from "../model/settings.ts";
import { catalogFaults } from "./catalog-rules.ts";
import { type CatalogInput, catalogSchema, type FlagInput, type MonitoringInput, type SettingInput, type StageInput, stageSchema } from "./schema.ts";
import { parseWith } from "./schema-faults.ts";
import { misplacedSecrets } from "./secret-rules.ts";
import { stageFaults } from "./stage-rules.ts";
import { missingTarget, targetFaults } from "./target-rules.ts";
import { toTarget } from "./to-target.ts";

/** What Pulumi hands over: the catalogue, and the stage's keys without their namespace. */
export interface RawConfig {
  readonly stage: string;
  readonly catalog: unknown;
  readonly settings: unknown;
  /** Keys that were stored in plain text. */
  readonly plainKeys: readonly string[];
  /** Paths of what is a secret, such as `docker.registries[0].password`. */
  readonly secretPaths: readonly string[];
}

/** All that a stage's rollout follows from, apart from the state of other stages. */
export interface Model {
  readonly catalog: Catalog;
  readonly settings: StageSettings;
}

export type Parsed = { readonly ok: true; readonly model: Model } | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads config into a model, or gives every fault in it at once. */
export function parseConfig(raw: RawConfig): Parsed {
  const { catalog, faults: catalogProblems } = parseCatalog(raw.catalog);
  const misplaced = misplacedSecrets(raw.secretPaths);
  // What is said of the rest would quote them.
  if (misplaced.length > 0) return refused([...catalogProblems, ...misplaced], raw.stage);
  const stageInput = parseWith("", stageSchema, raw.settings);
  const faults = [...catalogProblems, ...stageInput.faults];
  const target = stageInput.data === null ? null : toTarget(stageInput.data);
  const settings = stageInput.data === null ? null : toSettings(raw.stage, stageInput.data);
  if (stageInput.data !== null && target === null) faults.push(missingTarget(stageInput.data.target));
  if (catalog !== null && settings !== null) faults.push(...stageFaults(catalog, settings, raw.plainKeys));
  const more = { plainKeys: raw.plainKeys, prometheus: stageInput.data?.prometheus ?? null };
  if (catalog !== null && target !== null) faults.push(...targetFaults(catalog, raw.stage, target, more));
  if (faults.length > 0 || catalog === null || settings === null || target === null) return refused(faults, raw.stage);
  return { ok: true, model: { catalog, settings: { ...settings, target } } };
}

function refused(faults: readonly Fault[], stage: string): Parsed {
  return { ok: false, faults: faults.map((fault) => withStack(fault, stage)) };
}

/** Makes the commands of a way out such as can be pasted, whatever stack is selected. */
function withStack(fault: Fault, stage: string): Fault {
  return { ...fault, wayOut: fault.wayOut?.replaceAll(/pulumi config (set|rm)/g, `npx pulumi config $1 --stack ${stage}`) ?? null };
}

export interface ParsedCatalog {
  /** Null when it has faults of form, so that it cannot be referred to. */
  readonly catalog: Catalog | null;
  readonly faults: readonly Fault[];
}

/** One catalogue goes with many configs: with each flag that is asked for, and with each update of a history. */
const parsedBefore = new WeakMap<object, ParsedCatalog>();

/** Reads a catalogue; the same object only once. */
export function parseCatalog(raw: unknown): ParsedCatalog {
  if (typeof raw !== "object" || raw === null) return parseCatalogAfresh(raw);
  const parsed = parsedBefore.get(raw) ?? parseCatalogAfresh(raw);
  parsedBefore.set(raw, parsed);
  return parsed;
}

function parseCatalogAfresh(raw: unknown): ParsedCatalog {
  const input = parseWith("catalog", catalogSchema, withDates(raw));
  if (input.data === null || input.faults.length > 0) return { catalog: null, faults: input.faults };
  const catalog = toCatalog(input.data);
  return { catalog, faults: catalogFaults(catalog) };
}

/** Pulumi takes an unquoted date in YAML for a time; it becomes a date again here. */
function withDates(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/^(\d{4}-\d{2}-\d{2})T00:00:00Z$/, "$1");
  if (Array.isArray(value)) return value.map(withDates);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withDates(inner)]));
}

function toCatalog(input: CatalogInput): Catalog {
  return {
    stages: input.stages,
    steps: input.steps,
    cookie: { secure: input.cookie.secure, maxAge: input.cookie.maxAge, domain: input.cookie.domain ?? null },
    freezes: input.freezes.map((freeze) => toFreeze(freeze, input.stages)),
    services: mapValues(input.services, (service) => ({ ...service, priority: service.priority ?? null })),
    flags: mapValues(input.flags, (flag) => toFlag(flag, input.stages)),
  };
}

function toFlag(input: FlagInput, stages: readonly string[]): FlagDefinition {
  return {
    ...input,
    routes: mapValues(input.routes, (route) => ({ ...route, priority: route.priority ?? null })),
    soak: byStage(input.soak, stages),
    drill: input.drill ?? null,
    watch: { ...input.watch, duration: byStage(input.watch.duration, stages), metrics: mapValues(input.watch.metrics, toMetric) },
  };
}

function byStage(given: FlagInput["soak"], stages: readonly string[]): Record<string, number> {
  return typeof given === "number" ? Object.fromEntries(stages.map((stage) => [stage, given])) : given;
}

function toMetric(input: FlagInput["watch"]["metrics"][string]): Metric {
  switch (input.kind) {
    case "error-ratio":
    case "ratio":
      return { ...input, limit: input.limit ?? null };
    case "latency":
      return { ...input, limit: input.limit / 1000 };
    case "value":
      return { ...input, min: input.min ?? null, max: input.max ?? null };
  }
}

function toFreeze(input: CatalogInput["freezes"][number], stages: readonly string[]): Freeze {
  const { name, timeZone, weekly, dates, holidays } = input;
  return {
    name,
    timeZone,
    stages: input.stages ?? stages,
    weekly: weekly ?? null,
    dates: dates.map((days) => (typeof days === "string" ? { from: days, to: days } : days)),
    holidays: holidays === undefined ? null : { country: holidays.country, region: holidays.region ?? null },
  };
}

function toSettings(stage: string, input: StageInput): Omit<StageSettings, "target"> {
  return {
    stage,
    flags: mapValues(input.flags, toSetting),
    kill: mapValues<StageInput["kill"][string], Kill>(input.kill, (kill) => kill),
    overrides: input.overrides,
    approvals: input.approvals,
    differs: input.differs,
    prometheus: input.prometheus ?? null,
    monitoring: toMonitoring(input.monitoring),
    hasTesterSecret: input.testerSecret !== undefined,
    hasWebhook: input.webhook !== undefined,
  };
}

function toMonitoring(input: MonitoringInput): MonitoringSettings | null {
  if (typeof input !== "object") return String(input) === "true" ? STANDARD_MONITORING : null;
  const { selector, facts, runbooks, ...rest } = input;
  return { ...rest, selector: selector ?? null, facts: facts ?? null, runbooks: runbooks ?? null };
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
