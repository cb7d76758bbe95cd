import { z } from "zod";
import { isRe2 } from "./re2.ts";

/** Matchers of a Traefik 3 HTTP router rule, with the number of arguments each takes. */
const MATCHERS: Readonly<Record<string, readonly [number, number]>> = {
  ClientIP: [1, 1],
  Header: [2, 2],
  HeaderRegexp: [2, 2],
  Host: [1, 1],
  HostRegexp: [1, 1],
  Method: [1, 1],
  Path: [1, 1],
  PathPrefix: [1, 1],
  PathRegexp: [1, 1],
  Query: [1, 2],
  QueryRegexp: [1, 2],
};

type Token = { readonly at: number } & (
  | { readonly kind: "name" | "text"; readonly value: string }
  | { readonly kind: "&&" | "||" | "!" | "(" | ")" | "," | "end" }
);

class RuleFault extends Error {}

/**
 * Says why Traefik 3.7 would not take a router rule, or null when it would.
 * Grammar: https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/
 */
export function ruleFault(rule: string): string | null {
  if (rule.includes("{{")) return "holds {{, which Traefik's file provider takes for a template";
  if (rule.includes("${")) return "holds ${, which is kept for secrets";
  if (!/^[\x20-\x7e]*$/.test(rule)) return "holds a line break or a character that is not ASCII; hosts are written in Punycode";
  try {
    const tokens = tokenize(rule);
    const rest = parseOr(tokens, 0);
    const after = tokens[rest];
    if (after !== undefined && after.kind !== "end") {
      return `has ${describe(after)} at character ${after.at + 1}, where &&, || or the end was expected`;
    }
    return null;
  } catch (error) {
    if (error instanceof RuleFault) return error.message;
    throw error;
  }
}

function tokenize(rule: string): Token[] {
  const pattern = /\s+|(&&|\|\||[!(),])|`([^`]*)`|"([^"\\]*)"|([A-Za-z]+)/gy;
  const tokens: Token[] = [];
  while (pattern.lastIndex < rule.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(rule);
    if (match === null) throw new RuleFault(`has ${JSON.stringify(rule[at])} at character ${at + 1}, which begins nothing`);
    const [, operator, raw, quoted, name] = match;
    if (operator !== undefined) tokens.push({ kind: parseOperator(operator), at });
    else if (name !== undefined) tokens.push({ kind: "name", value: name, at });
    else if (raw !== undefined || quoted !== undefined) tokens.push({ kind: "text", value: raw ?? quoted ?? "", at });
  }
  tokens.push({ kind: "end", at: rule.length });
  return tokens;
}

function parseOperator(text: string): "&&" | "||" | "!" | "(" | ")" | "," {
  switch (text) {
    case "&&":
    case "||":
    case "!":
    case "(":
    case ")":
    case ",":
      return text;
    default:
      throw new RuleFault(`has ${text}, which is no operator`);
  }
}

function parseOr(tokens: readonly Token[], start: number): number {
  let next = parseAnd(tokens, start);
  while (tokens[next]?.kind === "||") next = parseAnd(tokens, next + 1);
  return next;
}

function parseAnd(tokens: readonly Token[], start: number): number {
  let next = parseUnary(tokens, start);
  while (tokens[next]?.kind === "&&") next = parseUnary(tokens, next + 1);
  return next;
}

function parseUnary(tokens: readonly Token[], start: number): number {
  const token = tokens[start];
  if (token?.kind === "!") return parseUnary(tokens, start + 1);
  if (token?.kind === "(") {
    const next = parseOr(tokens, start + 1);
    return expect(tokens, next, ")") + 1;
  }
  return parseMatcher(tokens, start);
}

function parseMatcher(tokens: readonly Token[], start: number): number {
  const name = tokens[start];
  if (name?.kind !== "name") {
    throw new RuleFault(`has ${describe(name)} at character ${(name?.at ?? 0) + 1}, where a matcher was expected`);
  }
  const arity = MATCHERS[name.value];
  if (arity === undefined) {
    throw new RuleFault(`has the matcher ${name.value}, which Traefik does not know; it knows ${Object.keys(MATCHERS).join(", ")}`);
  }
  const values: string[] = [];
  let next = expect(tokens, start + 1, "(") + 1;
  for (;;) {
    const text = tokens[next];
    if (text?.kind !== "text") {
      throw new RuleFault(`has ${describe(text)} at character ${(text?.at ?? 0) + 1}, where a value in backticks was expected`);
    }
    values.push(text.value);
    next += 1;
    if (tokens[next]?.kind !== ",") break;
    next += 1;
  }
  if (values.length < arity[0] || values.length > arity[1]) {
    throw new RuleFault(`gives ${name.value} ${values.length} values, where it takes ${arity[0] === arity[1] ? arity[0] : arity.join(" or ")}`);
  }
  checkValue(name.value, values);
  return expect(tokens, next, ")") + 1;
}

function checkValue(matcher: string, values: readonly string[]): void {
  const last = values.at(-1) ?? "";
  if (values.includes("") && !matcher.startsWith("Query")) throw new RuleFault(`gives ${matcher} an empty value`);
  if ((matcher === "Path" || matcher === "PathPrefix") && !last.startsWith("/")) {
    throw new RuleFault(`gives ${matcher} the value ${JSON.stringify(last)}, which must begin with /`);
  }
  if (matcher === "ClientIP" && !isAddressRange(last)) {
    throw new RuleFault(`gives ClientIP the value ${JSON.stringify(last)}, which is no address and no range such as 10.0.0.0/8`);
  }
  if (matcher.endsWith("Regexp") && !isRe2(last)) {
    throw new RuleFault(`gives ${matcher} the value ${JSON.stringify(last)}, which is no regular expression of Go`);
  }
}

/** An IPv4 or IPv6 address, with or without a prefix length. */
function isAddressRange(text: string): boolean {
  const [address = "", length, ...more] = text.split("/");
  if (more.length > 0) return false;
  const v4 = z.ipv4().safeParse(address).success;
  if (!v4 && !z.ipv6().safeParse(address).success) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (v4 ? 32 : 128));
}

function expect(tokens: readonly Token[], at: number, kind: Token["kind"]): number {
  const token = tokens[at];
  if (token?.kind !== kind) {
    throw new RuleFault(`has ${describe(token)} at character ${(token?.at ?? 0) + 1}, where ${kind} was expected`);
  }
  return at;
}

function describe(token: Token | undefined): string {
  if (token === undefined || token.kind === "end") return "its end";
  return "value" in token ? JSON.stringify(token.value) : token.kind;
}
