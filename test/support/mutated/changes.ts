import { type Entries, listOf, type Part, replaced } from "./parts.ts";

/** What is drawn for a change; each takes what it needs. */
export interface Drawn {
  /** Another part, or one form of several, for what takes something from elsewhere; counted round. */
  readonly other: number;
  readonly text: string;
  readonly number: number;
  readonly numbers: readonly number[];
  readonly name: string;
  readonly rule: string;
  readonly odd: unknown;
}

/** One thing that can be done to a config, at a part of it. */
export interface Change {
  /** Whether it can be done to a part. */
  readonly fits: (part: Part) => boolean;
  /** The config with it done. @param parts all parts of the config */
  readonly apply: (config: unknown, part: Part, drawn: Drawn, parts: readonly Part[]) => unknown;
}

/** What happens to any part of a config: most of it is refused. */
export const ANYWHERE: Readonly<Record<string, Change>> = {
  remove: { fits: anything, apply: inPlace(() => []) },
  copy: {
    fits: anything,
    apply: inPlace(({ key, value, text }) => [
      [key, value],
      [text, value],
    ]),
  },
  rename: { fits: anything, apply: inPlace(({ value, text }) => [[text, value]]) },
  retype: { fits: anything, apply: inPlace(({ key, value }) => [[key, retyped(value)]]) },
  replace: { fits: anything, apply: inPlace(({ key, odd }) => [[key, odd]]) },
  twist: {
    fits: ({ value }) => typeof value !== "object",
    apply: inPlace(({ key, value, text, other, number }) => [
      [key, typeof value === "string" ? twisted(value, text, other) : typeof value === "number" ? number : !value],
    ]),
  },
  borrow: { fits: anything, apply: inPlace(({ key, parts, other }) => [[key, parts[other % parts.length]?.value]]) },
  add: { fits: anything, apply: inPlace(({ key, value, text, odd }) => [[key, added(value, text, odd)]]) },
};

/** What happens to a part that has the meaning: some of it is let in. */
export const MEANT: Readonly<Record<string, Change>> = {
  rule: { fits: (part) => keyOf(part) === "rule", apply: inPlace(({ key, rule }) => [[key, rule]]) },
  require: {
    fits: (part) => above(part) === "requires" || keyOf(part) === "requires",
    apply: inPlace(({ key, value, parts, other }) => [[key, required(value, flagNames(parts), other)]]),
  },
  expose: {
    fits: (part) => part.path[1] === "flags" && part.path.length === 4 && keyOf(part) === "exposure",
    apply: inPlace(({ key, parts, other, number }) => {
      const steps = parts.find(({ path }) => path.join(".") === "catalog.steps")?.value;
      return [[key, Array.isArray(steps) ? [0, 100, ...listOf(steps)][other % (steps.length + 2)] : number]];
    }),
  },
  port: {
    fits: (part) => typeof part.value === "number" && (/port/i.test(keyOf(part)) || part.path.includes("workloadPorts")),
    apply: inPlace(({ key, parts, other }) => {
      const numbers = parts.flatMap(({ value }) => (typeof value === "number" ? [value] : []));
      return [[key, numbers[other % numbers.length]]];
    }),
  },
  number: { fits: ({ value }) => typeof value === "number", apply: inPlace(({ key, number }) => [[key, number]]) },
  words: {
    fits: (part) => WORDS.has(keyOf(part)) || above(part) === "command",
    apply: inPlace(({ key, value, text, other }) => [[key, typeof value === "string" ? twisted(value, text, other) : [text]]]),
  },
  steps: {
    fits: (part) => keyOf(part) === "steps",
    apply: inPlace(({ key, numbers }) => [[key, [...new Set([...numbers, 100])].sort((a, b) => a - b)]]),
  },
  name: {
    fits: (part) => part.path.length > 2 && NAMED.has(above(part)),
    apply: (config, part, { name }) => renamed(config, keyOf(part), name),
  },
};

/** Keys whose values are the words of people, or are handed on as they are. */
const WORDS = new Set([
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
]);

/** Keys whose values are called by names of the catalogue or the settings. */
const NAMED = new Set(["services", "flags", "routes", "metrics", "clusters"]);

function anything(): boolean {
  return true;
}

function keyOf({ path }: Part): string {
  return String(path.at(-1));
}

function above({ path }: Part): string {
  return String(path.at(-2));
}

/** A change that puts others in the place of a part's entry. */
function inPlace(become: (what: Drawn & { readonly key: string; readonly value: unknown; readonly parts: readonly Part[] }) => Entries): Change["apply"] {
  return (config, { path }, drawn, parts) => replaced(config, path, (value, key) => become({ ...drawn, key, value, parts }));
}

/** A name changed everywhere, as a person does who renames a service, a flag or a route with care. */
function renamed(config: unknown, from: string, to: string): unknown {
  // Flags are written in capitals, all other names in small letters.
  const name = /^[A-Z]/.test(from) ? to.toUpperCase().replaceAll("-", "_") : to;
  const walk = (value: unknown): unknown => {
    if (value === from) return name;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key === from ? name : key, walk(inner)]));
  };
  return walk(config);
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
