/** A resource of a preview or an update, as the engine tells it. */
export interface SeenResource {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** What stands at a path of nested objects; undefined where there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined), value);
}

/** A text at a key; empty where there is none. */
export function textAt(value: unknown, key: string): string {
  const found = at(value, key);
  return isText(found) ? found : "";
}

/** A list at a key; empty where there is none. */
export function listAt(value: unknown, key: string): unknown[] {
  const found = at(value, key);
  return Array.isArray(found) ? found : [];
}

/** Keys and values of an object at a key; none where there is none. */
export function entriesAt(value: unknown, key: string): [string, unknown][] {
  const found = at(value, key);
  return typeof found === "object" && found !== null ? Object.entries(found) : [];
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether this is a port of Kubernetes, by number or by name. */
export function isPort(value: unknown): value is number | string {
  return typeof value === "number" || isText(value);
}

/** What pods are made of that an object of Kubernetes runs, of a CronJob too. */
export function podTemplateOf(props: Readonly<Record<string, unknown>>): unknown {
  const spec = at(props, "spec", "jobTemplate", "spec") ?? at(props, "spec");
  return at(spec, "template") ?? props;
}
