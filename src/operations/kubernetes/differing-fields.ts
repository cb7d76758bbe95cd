import { sameQuantity } from "./quantity.ts";

/** A manifest of the state, and the object of a cluster that it should be. */
type Fields = Readonly<Record<string, unknown>>;

/** Marks a secret of Pulumi's state, whose value is not to be seen there. */
const SECRET = "4dabf18193072939515e22adb298388d";
/** Fields below which values are amounts. */
const AMOUNTS: ReadonlySet<string> = new Set(["requests", "limits", "hard", "capacity", "sizeLimit", "averageValue", "storage"]);
/** Fields in which an entry that nobody asked for changes what the object does. */
const WHOLE: ReadonlySet<string> = new Set(["data", "binaryData", "selector", "matchLabels", "nodeSelector"]);
/** What the engine says of its own business. */
const ENGINE = /^(__|pulumi\.com\/)/;

/**
 * The fields of an object that are not as a manifest has them, such as `spec.replicas`. What the manifest does not name
 * is a default of the server's or someone else's, and does not count, but for Traefik's resources, which have none, and
 * where an entry too many changes what the object does. Secrets of the state cannot be compared.
 */
export function differingFields(manifest: Fields, live: Fields): string[] {
  const traefik = String(manifest["apiVersion"]).startsWith("traefik.io/");
  return Object.keys(manifest)
    .filter((key) => !["apiVersion", "kind", "status"].includes(key) && !ENGINE.test(key))
    .flatMap((key) => {
      if (key === "stringData") return differingData(manifest[key], live["data"]);
      return differing(manifest[key], live[key], { path: key, whole: (traefik && key === "spec") || WHOLE.has(key), amounts: false });
    });
}

interface Place {
  readonly path: string;
  /** Whether fields that the manifest does not name count. */
  readonly whole: boolean;
  readonly amounts: boolean;
}

function differing(expected: unknown, live: unknown, place: Place): string[] {
  if (expected === null || expected === undefined || expected === live) return [];
  if (Array.isArray(expected)) return differingItems(expected, live, place);
  if (!isFields(expected)) return place.amounts && sameQuantity(expected, live) ? [] : [place.path];
  if (SECRET in expected) return [];
  const asked = Object.keys(expected).filter((key) => !ENGINE.test(key));
  // The server leaves empty objects out.
  if (!isFields(live)) return asked.length === 0 && (live === undefined || live === null) ? [] : [place.path];
  const keys = place.whole ? [...new Set([...asked, ...Object.keys(live)])] : asked;
  return keys
    .filter((key) => !ENGINE.test(key))
    .flatMap((key) => {
      const path = `${place.path}.${key}`;
      if (!(key in expected)) return [path];
      return differing(expected[key], live[key], { path, whole: place.whole || WHOLE.has(key), amounts: place.amounts || AMOUNTS.has(key) });
    });
}

/** Items with names are the same by their names, others by where they stand. */
function differingItems(expected: readonly unknown[], live: unknown, place: Place): string[] {
  const found: readonly unknown[] = Array.isArray(live) ? live : [];
  if (expected.length !== found.length) return [place.path];
  const named = areNamed(expected) && areNamed(found);
  return expected.flatMap((item, index) => {
    const name = named ? nameOf(item) : null;
    const other = name === null ? found[index] : found.find((one) => nameOf(one) === name);
    return differing(item, other, { ...place, path: `${place.path}[${name ?? index}]` });
  });
}

function differingData(expected: unknown, live: unknown): string[] {
  if (!isFields(expected) || SECRET in expected) return [];
  const found = isFields(live) ? live : {};
  return Object.entries(expected).flatMap(([key, value]) => {
    const encoded = typeof value === "string" ? Buffer.from(value).toString("base64") : value;
    return differing(encoded, found[key], { path: `data.${key}`, whole: false, amounts: false });
  });
}

/** Whether every item has a name of its own. */
function areNamed(items: readonly unknown[]): boolean {
  const names = items.map(nameOf);
  return !names.includes(null) && new Set(names).size === names.length;
}

function nameOf(item: unknown): string | null {
  return isFields(item) && typeof item["name"] === "string" ? item["name"] : null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
