import fc from "fast-check";
import type { RawConfig } from "../../../src/config/parse.ts";
import { oddName, oddNumber, oddRule, oddText, oddValue } from "./odd-values.ts";
import { type Entries, listOf, memberOf, type Part, partsOf, replaced } from "./parts.ts";

/** What happens to any part of a config: most of it is refused. */
const ANYWHERE = ["remove", "copy", "rename", "retype", "replace", "twist", "borrow", "add"] as const;
/** What happens to a part that has the meaning: some of it is let in. */
const MEANT = ["rule", "require", "expose", "port", "number", "words", "steps", "name"] as const;

export interface Mutation {
  readonly kind: (typeof ANYWHERE)[number] | (typeof MEANT)[number];
  /** Which of the parts in question, counted round. */
  readonly at: number;
  /** Another part, for what takes something from elsewhere. */
  readonly other: number;
  readonly text: string;
  readonly number: number;
  readonly numbers: readonly number[];
  readonly name: string;
  readonly rule: string;
  readonly value: unknown;
}

export function arbitraryMutation(): fc.Arbitrary<Mutation> {
  return fc.record({
    kind: fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...ANYWHERE) }, { weight: 5, arbitrary: fc.constantFrom(...MEANT) }),
    at: fc.nat(),
    other: fc.nat(),
    text: oddText(),
    number: oddNumber(),
    numbers: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 100 }),
    name: oddName(),
    rule: oddRule(),
    value: oddValue(),
  });
}

/** The config with one thing done to its catalogue or its settings; as it was where it has no such part. */
export function mutate(raw: RawConfig, mutation: Mutation): RawConfig {
  const both = { catalog: raw.catalog, settings: raw.settings };
  const parts = partsOf(both, []).filter(({ path }) => path.length > 1);
  const part = pick(
    parts.filter((part) => fits(mutation, part)),
    mutation,
  );
  if (part === undefined) return raw;
  if (mutation.kind === "name") return { ...raw, ...renamed(both, String(part.path.at(-1)), mutation.name) };
  const changed = replaced(both, part.path, (value, key) => change(mutation, { value, key }, parts));
  return { ...raw, catalog: memberOf(changed, "catalog"), settings: memberOf(changed, "settings") };
}

/** A name changed everywhere, as a person does who renames a service, a flag or a route with care. */
function renamed({ catalog, settings }: Pick<RawConfig, "catalog" | "settings">, from: string, to: string): Pick<RawConfig, "catalog" | "settings"> {
  // Flags are written in capitals, all other names in small letters.
  const name = /^[A-Z]/.test(from) ? to.toUpperCase().replaceAll("-", "_") : to;
  const walk = (value: unknown): unknown => {
    if (value === from) return name;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key === from ? name : key, walk(inner)]));
  };
  return { catalog: walk(catalog), settings: walk(settings) };
}

/** Keys whose values are the words of people, or are handed on as they are. */
const WORDS = [
  "description",
  "owner",
  "domain",
  "command",
  "LOG_LEVEL",
  "context",
  "image",
  "bad",
  "total",
  "query",
  "directory",
  "name",
  "runbooks",
  "prometheus",
  "healthPath",
  "host",
];

/** By its key first, so that what is there once is met as often as what is there many times. */
function pick(candidates: readonly Part[], { at, other }: Mutation): Part | undefined {
  const byKey = Object.values(Object.groupBy(candidates, ({ path }) => String(path.findLast((key) => typeof key === "string"))));
  const alike = byKey[at % byKey.length] ?? [];
  return alike[other % alike.length];
}

function fits({ kind }: Mutation, { path, value }: Part): boolean {
  const key = path.at(-1);
  switch (kind) {
    case "rule":
      return key === "rule";
    case "require":
      return path.at(-2) === "requires" || key === "requires";
    case "expose":
      return path[1] === "flags" && path.length === 4 && key === "exposure";
    case "port":
      return typeof value === "number" && (/port/i.test(String(key)) || path.includes("workloadPorts"));
    case "number":
      return typeof value === "number";
    case "words":
      return WORDS.includes(String(key)) || path.at(-2) === "command";
    case "steps":
      return key === "steps";
    case "name":
      return path.length > 2 && ["services", "flags", "routes", "metrics", "clusters"].includes(String(path.at(-2)));
    case "twist":
      return typeof value !== "object";
    default:
      return true;
  }
}

function change(mutation: Mutation, { key, value }: { readonly key: string; readonly value: unknown }, parts: readonly Part[]): Entries {
  const { kind, other, text, number, numbers, rule, value: odd } = mutation;
  const elsewhere = parts[other % parts.length]?.value;
  switch (kind) {
    case "remove":
      return [];
    case "copy":
      return [
        [key, value],
        [text, value],
      ];
    case "rename":
      return [[text, value]];
    case "retype":
      return [[key, retyped(value)]];
    case "replace":
      return [[key, odd]];
    case "twist":
      return [[key, typeof value === "string" ? twisted(value, text, other) : typeof value === "number" ? number : !value]];
    case "borrow":
      return [[key, elsewhere]];
    case "add":
      return [[key, added(value, text, odd)]];
    case "rule":
      return [[key, rule]];
    case "require":
      return [[key, required(value, flagNames(parts), other)]];
    case "expose": {
      const steps = parts.find(({ path }) => path.join(".") === "catalog.steps")?.value;
      return [[key, Array.isArray(steps) ? [0, 100, ...listOf(steps)][other % (steps.length + 2)] : number]];
    }
    case "number":
      return [[key, number]];
    case "words":
      return [[key, typeof value === "string" ? twisted(value, text, other) : [text]]];
    case "steps":
      return [[key, [...new Set([...numbers, 100])].sort((a, b) => a - b)]];
    case "port": {
      const numbers = parts.flatMap((part) => (typeof part.value === "number" ? [part.value] : []));
      return [[key, numbers[other % numbers.length]]];
    }
    case "name":
      return [[key, value]];
    default:
      return kind satisfies never;
  }
}

function retyped(value: unknown): unknown {
  if (typeof value === "string") return value === "true" ? true : Number(value) || [value];
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return Object.fromEntries(value.map((entry: unknown, index) => [String(index), entry]));
  return typeof value === "object" && value !== null ? Object.values(value) : "null";
}

function twisted(value: string, text: string, other: number): string {
  const forms = [text, `${value}${text}`, `${text}${value}`, value.toUpperCase(), value.slice(0, other % (value.length + 1)), value.repeat(1 + (other % 5))];
  return forms[other % forms.length] ?? text;
}

function added(value: unknown, key: string, inner: unknown): unknown {
  if (Array.isArray(value)) return [...listOf(value), inner];
  return typeof value === "object" && value !== null ? Object.fromEntries([...Object.entries(value), [key, inner]]) : [value, inner];
}

function required(value: unknown, names: readonly string[], other: number): unknown {
  const name = names[other % names.length];
  return Array.isArray(value) ? [...listOf(value), name] : name;
}

function flagNames(parts: readonly Part[]): string[] {
  return parts.flatMap(({ path }) => (path[0] === "catalog" && path[1] === "flags" && path.length === 3 ? [String(path[2])] : []));
}
