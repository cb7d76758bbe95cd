/** A request that a router rule matches. */
export interface SampleRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A matcher with its one or two values. */
const MATCHER = /([A-Za-z]+)\s*\(\s*[`"]([^`"]*)[`"](?:\s*,\s*[`"]([^`"]*)[`"])?\s*\)/g;

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
  for (const [, matcher, one = "", two = ""] of first.matchAll(MATCHER)) {
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

/** Whether a rule may match a sample request. False only where that is certain: alternatives and negations are not looked into. */
export function mayMatch(rule: string, request: SampleRequest): boolean {
  if (rule.includes("||") || rule.includes("!")) return true;
  const [path = ""] = request.path.split("?");
  return [...rule.matchAll(MATCHER)].every(([, matcher, one = "", two = ""]) => {
    switch (matcher) {
      case "Path":
        return path === one;
      case "PathPrefix":
        return path.startsWith(one);
      case "Method":
        return request.method === one.toUpperCase();
      case "Host":
        return request.headers["host"] === one;
      case "Header":
        return request.headers[one.toLowerCase()] === two;
      default:
        return true;
    }
  });
}
