/** Where a part of a value is. */
export type Path = readonly (string | number)[];

/** A part of a value: where it is, and what is there. */
export interface Part {
  readonly path: Path;
  readonly value: unknown;
}

/** The entries that come in place of one. */
export type Entries = readonly (readonly [key: string, value: unknown])[];

/** Every part of a value, each before what is in it. */
export function partsOf(value: unknown, path: Path): Part[] {
  const own = { path, value };
  // Odd values go deeper than a walk can; what is in them is odd enough.
  if (typeof value !== "object" || value === null || path.length > 12) return [own];
  const entries = Array.isArray(value) ? [...listOf(value).entries()] : Object.entries(value);
  return [own, ...entries.flatMap(([key, inner]) => partsOf(inner, [...path, key]))];
}

/** The value with the entry at a path changed; keys such as `__proto__` stay keys. */
export function replaced(value: unknown, [key, ...rest]: Path, become: (value: unknown, key: string) => Entries): unknown {
  const next = (inner: unknown): Entries => (rest.length === 0 ? become(inner, String(key)) : [[String(key), replaced(inner, rest, become)]]);
  if (Array.isArray(value)) return value.flatMap((inner: unknown, index) => (index === key ? next(inner).map(([, changed]) => changed) : [inner]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, inner]): Entries => (name === key ? next(inner) : [[name, inner]])));
}

/** What a value has under a name of its own. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

/** The entries of a list; none of anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
