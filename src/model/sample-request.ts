/** A request that a router rule matches. */
export interface SampleRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Makes a request that a rule matches, from the first of its alternatives. Null where the rule has what
 * no sample can be made of with certainty: a negation, a pattern, or the client's address.
 */
export function sampleRequest(rule: string): SampleRequest | null {
  // Alternatives beside conditions need a parser to choose among; alternatives alone do not.
  if (rule.includes("||") && rule.includes("&&")) return null;
  const [first = ""] = rule.split("||");
  if (/Regexp\s*\(|ClientIP|!/.test(first)) return null;
  let path = "/";
  let method = "GET";
  const query: string[] = [];
  const headers: Record<string, string> = {};
  for (const [, matcher, one = "", two = ""] of first.matchAll(/([A-Za-z]+)\s*\(\s*[`"]([^`"]*)[`"](?:\s*,\s*[`"]([^`"]*)[`"])?\s*\)/g)) {
    switch (matcher) {
      case "Path":
      case "PathPrefix":
        path = one;
        break;
      case "Method":
        method = one.toUpperCase();
        break;
      case "Host":
        headers["host"] = one;
        break;
      case "Header":
        headers[one.toLowerCase()] = two;
        break;
      case "Query":
        query.push(`${encodeURIComponent(one)}=${encodeURIComponent(two)}`);
        break;
      default:
        return null;
    }
  }
  return { method, path: query.length === 0 ? path : `${path}?${query.join("&")}`, headers };
}
