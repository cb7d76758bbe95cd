import { canonicalJson } from "../plan/canonical.ts";

/** Entries are as deep as this: `http`, `routers`, and then one line each. */
const DEEP = 2;

/** What a reader of YAML takes for the end of a line, or not at all, and JSON lets stand. */
const NOT_IN_YAML = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Writes a document as YAML with one line for each router, service and middleware, whose value is JSON; keys are
 * sorted. JSON is YAML (https://yaml.org/spec/1.2.2/#12-changes-in-version-12-revision-120), and some fifty times
 * quicker to write and to read than YAML in general, for which a kill would wait.
 */
export function writeEntries(document: object, depth = 0): string {
  const indent = "  ".repeat(depth);
  return Object.entries(document)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]: [string, unknown]) => {
      const name = depth < DEEP && /^[A-Za-z]+$/.test(key) ? key : inYaml(JSON.stringify(key));
      if (depth === DEEP || !isObject(value) || Object.keys(value).length === 0) return `${indent}${name}: ${inYaml(canonicalJson(value))}\n`;
      return `${indent}${name}:\n${writeEntries(value, depth + 1)}`;
    })
    .join("");
}

/** Reads what `writeEntries` has written, with comments; null where a person has written something else. */
export function readEntries(text: string): Record<string, unknown> | null {
  const document: Record<string, unknown> = {};
  /** The objects whose entries follow, by depth. */
  const open: Record<string, unknown>[] = [document];
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, spaces = "", quoted, plain, value] = /^((?: {2}){0,2})(?:("(?:[^"\\]|\\.)*")|([A-Za-z]+)):(?: (.+))?$/s.exec(line) ?? [];
    const into = open[spaces.length / 2];
    const key = plain ?? parseJson(quoted ?? "");
    if (into === undefined || typeof key !== "string" || Object.hasOwn(into, key)) return null;
    const found = value === undefined ? {} : parseJson(value);
    if (found === undefined) return null;
    // Not by assignment: a name may be `__proto__`.
    Object.defineProperty(into, key, { value: found, enumerable: true, configurable: true, writable: true });
    open.length = spaces.length / 2 + 1;
    if (value === undefined && isObject(found)) open.push(found);
  }
  return document;
}

function inYaml(json: string): string {
  return json.replaceAll(NOT_IN_YAML, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
