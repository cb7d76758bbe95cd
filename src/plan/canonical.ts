import { createHash } from "node:crypto";

/** Canonical JSON: keys sorted at every depth, no spaces. The same value gives the same bytes in any key order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

const canonicalBefore = new WeakMap<object, string>();

/** The same of an object that never changes, such as a model's catalogue: it is worked out once. */
export function canonicalOnce(value: object): string {
  const text = canonicalBefore.get(value) ?? canonicalJson(value);
  canonicalBefore.set(value, text);
  return text;
}

/** The first 8 hexadecimal digits of the SHA-256 of a text: enough to tell names and revisions apart. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
