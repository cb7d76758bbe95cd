/** Addresses that are tokens: whoever knows one can post by it. */
const WEBHOOK = /https?:\/\/(?:hooks\.slack(?:-gov)?\.com|[\w.-]*discord(?:app)?\.com\/api\/webhooks|[\w.-]*webhook\.office\.com|hooks\.[\w.-]+)[^\s"'<>)]*/gi;
const USERINFO = /(\bhttps?:\/\/)[^\s/@"'<>]+@/gi;
/** A shorter text would be found in words that are none of its. */
const SHORTEST_SECRET = 8;

/**
 * Takes secrets out of every text in a value: those given, addresses of well-known webhooks, and user
 * names with passwords in addresses. What else is secret it cannot know.
 */
export function redact<T>(value: T, secrets?: readonly string[]): T;
export function redact(value: unknown, secrets: readonly string[] = []): unknown {
  if (typeof value === "string") return redactText(value, secrets);
  if (Array.isArray(value)) return value.map((inner: unknown) => redact(inner, secrets));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [redactText(key, secrets), redact(inner, secrets)]));
}

/** The same for one text. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
  return known
    .reduce((rest, secret) => rest.replaceAll(secret, "(secret)"), text)
    .replace(WEBHOOK, "(webhook)")
    .replace(USERINFO, "$1");
}
