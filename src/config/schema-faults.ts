import { z } from "zod";
import { type Fault, nearest } from "../model/fault.ts";

type Issue = z.core.$ZodIssue;

/** Keys whose value is shown to no one, not even where it is at fault. */
const SECRETS = ["testerSecret", "webhook", "registries", "password"];

/** An input with the schema it was held against; `root` is where it stands, such as `catalog`. */
interface Subject {
  readonly root: string;
  readonly schema: z.ZodType;
  readonly input: unknown;
}

/**
 * Checks an input against its schema. With faults, `data` is what remains of the input without the
 * entries and unknown keys at fault, so that the remainder can be checked too; null when nothing does.
 */
export function parseWith<T extends z.ZodType>(
  root: string,
  schema: T,
  input: unknown,
): { readonly data: z.output<T> | null; readonly faults: readonly Fault[] } {
  const result = schema.safeParse(input);
  if (result.success) return { data: result.data, faults: [] };
  const { issues } = result.error;
  const remainder = schema.safeParse(issues.reduce(withoutFaulty, input));
  const faults = issues.flatMap((issue) => issueFaults({ root, schema, input }, [], issue));
  return { data: remainder.success ? remainder.data : null, faults };
}

function withoutFaulty(input: unknown, issue: Issue): unknown {
  if (issue.code === "unrecognized_keys") return issue.keys.reduce<unknown>((rest, key) => without(rest, [...issue.path, key]), input);
  return without(input, issue.path.slice(0, 2));
}

function without(value: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || key === undefined) return value;
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    if (name !== key) return [[name, inner]];
    return rest.length === 0 ? [] : [[name, without(inner, rest)]];
  });
  return Object.fromEntries(entries);
}

function issueFaults(subject: Subject, base: readonly PropertyKey[], issue: Issue): Fault[] {
  const { root, input } = subject;
  const keys = [...base, ...issue.path];
  const path = renderPath(root, keys);
  const value = valueAt(input, keys);
  const found = value === undefined ? "is missing" : SECRETS.includes(String(keys.at(-1))) ? "is of another form" : `is ${render(value)}`;
  switch (issue.code) {
    case "unrecognized_keys": {
      const siblings = keysAt(z.toJSONSchema(subject.schema, { io: "input" }), keys);
      return issue.keys.map((key) => unknownKey(renderPath(root, [...keys, key]), key, siblings));
    }
    case "invalid_union": {
      if (issue.discriminator !== undefined) return [{ path, found, allowed: issue.message, wayOut: suggestion(value, issue.message.split(/, | or /)) }];
      const branch = issue.errors.find((errors) => errors.every((inner) => inner.path.length > 0 || inner.code !== "invalid_type"));
      if (branch !== undefined) return branch.flatMap((inner) => issueFaults(subject, keys, inner));
      return [{ path, found, allowed: issue.message, wayOut: null }];
    }
    case "invalid_key":
      return issue.issues.map((inner) => ({
        path,
        found: "is no name that can be used here",
        allowed: inner.message,
        wayOut: "rename it",
      }));
    case "invalid_type":
      return [{ path, found, allowed: article(issue.expected), wayOut: null }];
    case "invalid_value":
      return [{ path, found, allowed: issue.values.map(String).join(", "), wayOut: suggestion(value, issue.values.map(String)) }];
    case "too_small":
      return [{ path, found, allowed: `at least ${issue.minimum}${unit(issue.origin)}`, wayOut: null }];
    case "too_big":
      return [{ path, found, allowed: `at most ${issue.maximum}${unit(issue.origin)}`, wayOut: null }];
    case "invalid_format":
      return [{ path, found, allowed: issue.format === "date" ? "a date such as 2027-06-30" : issue.message, wayOut: null }];
    case "not_multiple_of":
    case "invalid_element":
    case "custom":
      return [{ path, found, allowed: issue.message, wayOut: null }];
  }
}

/** The fault of a name that nothing has, with the nearest one that exists. */
export function unknownKey(path: string, key: string, known: readonly string[]): Fault {
  const near = nearest(key, known);
  return {
    path,
    found: "is unknown",
    allowed: known.length === 0 ? "nothing, none is defined yet" : known.join(", "),
    wayOut: near === null ? "remove it" : `did you mean ${near}?`,
  };
}

/** A config path as `pulumi config set --path` takes it, apart from the namespace: a key that is no plain name stands in quotes. */
export function renderPath(root: string, keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === "number") return `${path}[${key}]`;
    const name = String(key);
    if (!/^[^\s."[\]]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
    return `${path}${path === "" ? "" : "."}${name}`;
  }, root);
}

/** The property names that a JSON Schema allows at a path. */
function keysAt(schema: z.core.JSONSchema._JSONSchema, path: readonly PropertyKey[]): string[] {
  if (typeof schema === "boolean") return [];
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const [key, ...rest] = path;
  if (key === undefined) return [...Object.keys(schema.properties ?? {}), ...branches.flatMap((branch) => keysAt(branch, path))];
  const items = Array.isArray(schema.items) ? undefined : schema.items;
  const next = typeof key === "number" ? items : (schema.properties?.[String(key)] ?? schema.additionalProperties);
  return [...(next === undefined ? [] : keysAt(next, rest)), ...branches.flatMap((branch) => keysAt(branch, path))];
}

function valueAt(input: unknown, keys: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of keys) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}

function render(value: unknown): string {
  const text = JSON.stringify(value).replaceAll(/(:\/\/[^:@/"]*):[^"]*@/g, "$1@");
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function suggestion(value: unknown, allowed: readonly string[]): string | null {
  const near = typeof value === "string" ? nearest(value, allowed) : null;
  return near === null ? null : `did you mean ${near}?`;
}

function article(type: string): string {
  return type === "int" ? "a whole number" : `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}

function unit(origin: string): string {
  switch (origin) {
    case "string":
      return " characters";
    case "array":
      return " entries";
    default:
      return "";
  }
}
