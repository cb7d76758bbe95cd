import fc from "fast-check";

/** Text that quoting, YAML, templates, patterns, JavaScript's objects or a terminal could stumble over. */
const ODD_TEXTS = [
  ...["", " ", "`", "'", '"', '\\"', "\n", "\r\n", "\t", "\0", "\u001b[31m", "\u202e", "\ud800", "ﬀ", "é", "日本", "👩‍👩‍👧", "\u2028"],
  ...["${HOME}", "}}", "# variants: {}", "%s%d", "`id`"],
  ...[
    "null",
    "~",
    "yes",
    "0x1f",
    "1e3",
    "2026-12-24",
    "2026-12-24T00:00:00Z",
    "- a",
    "a: b",
    "&a",
    "*a",
    "!!binary x",
    "|",
    ">",
    "---",
    "{a: b}",
    "[",
    "@file",
  ],
  ...["^(a+)+$", "(", "[a-", ".*", "\\", "(?i)x", "a{1001}", "(a{500}){500}", "[[:alpha:]]", "\\pL", "\\Q", "$", "a|b"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "length"],
  ...["../../etc/passwd", "/", "//", "a".repeat(31), "A".repeat(61), "x".repeat(70_000), "-", "a--b", "a-", "BASE", "base", "a.b", "A_", "1a"],
] as const;

const ODD_NUMBERS = [0, -0, -1, 1, 2, 0.5, 99, 100, 100.5, 101, 65_535, 65_536, 1e6, 1e7, 2 ** 31, 2 ** 53, 1e308, -1e308, NaN, Infinity, -Infinity];

/** What Traefik, Sluice or a shell would take for something of theirs. */
const TAKEN_FOR_MORE = ["{{", "{{ .Env }}", "${revision}", "${tester-secret}", "`", "\n", "\0", "; Path=/x", "$(id)"] as const;

export const oddText = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...TAKEN_FOR_MORE) },
    { weight: 4, arbitrary: fc.constantFrom(...ODD_TEXTS) },
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.string({ unit: "binary", maxLength: 10 }),
    fc.webPath(),
  );

export const oddNumber = (): fc.Arbitrary<number> => fc.oneof(fc.constantFrom(...ODD_NUMBERS), fc.integer({ min: 1, max: 100 }), fc.double());

/** Anything that JSON or YAML could hold. */
export const oddValue = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    oddText(),
    oddNumber(),
    fc.boolean(),
    fc.constantFrom(null, [], {}, undefined),
    fc.jsonValue({ maxDepth: 4 }),
    fc.integer({ min: 2, max: 2_000 }).map(nested),
  );

function nested(depth: number): unknown {
  let value: unknown = "deep";
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Names as the catalogue lets them be called, up to the longest, many of which begin alike. */
export const oddName = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom("a", "newcomers", "everyone", "testers", "bucket-1", "sluice-clean", "revision", "a1", "traefik"),
    fc.stringMatching(/^a{20}[a-z0-9]{0,10}$/),
    fc.stringMatching(/^[a-z]{1,5}(-[a-z0-9]{1,6}){0,3}$/),
  );

const MATCHERS = ["Host", "HostRegexp", "Path", "PathPrefix", "PathRegexp", "Method", "ClientIP"];
const PAIRED = ["Header", "HeaderRegexp", "Query", "QueryRegexp"];
const PATTERN_PARTS = [
  "a",
  "[a-z]+",
  "\\d",
  "(b|c)",
  ".",
  "x{2,5}",
  "^",
  "$",
  "\\.",
  "(?i)",
  "[^/]",
  "\\w*",
  "(?:d)",
  "[\\d-]",
  "-",
  "]",
  "\\x41",
  "\\pN",
  "(?P<n>e)",
  "(a{40}){30}",
  "(?:[ab]{9}){9}",
  "\\p{Greek}",
  "\\p{Foo}",
  "\\P{^Lu}",
  "[[:word:]]",
  "[^[:x:]]",
  "\\Q.\\E",
  "(?i:x)",
  "(?<n>e)",
  "a**",
  "\\C",
  "[\\Q]\\E]",
  "+?",
  "\\-",
  "}",
  "{",
];

/** Rules of Traefik, right ones and nearly right ones, with odd values in them. */
export function oddRule(): fc.Arbitrary<string> {
  const pattern = fc.array(fc.constantFrom(...PATTERN_PARTS), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
  const path = fc.webPath().map((text) => `/${text}`);
  const host = fc.domain();
  const value = fc.oneof(
    { weight: 3, arbitrary: pattern },
    { weight: 3, arbitrary: path },
    host,
    fc.constantFrom("GET", "10.0.0.0/8", "::1", "a`b"),
    oddText(),
  );
  const quoted = fc.tuple(value, fc.constantFrom("`", "`", "`", '"')).map(([text, mark]) => `${mark}${text}${mark}`);
  const single = fc.tuple(fc.constantFrom(...MATCHERS), quoted).map(([name, text]) => `${name}(${text})`);
  const paired = fc.tuple(fc.constantFrom(...PAIRED), quoted, quoted).map(([name, one, two]) => `${name}(${one}, ${two})`);
  const fitting = fc.oneof(
    path.map((text) => `PathPrefix(\`${text}\`)`),
    pattern.map((text) => `PathRegexp(\`${text}\`)`),
    host.map((text) => `Host(\`${text}\`)`),
    fc.tuple(pattern, fc.constantFrom("HeaderRegexp", "QueryRegexp")).map(([text, name]) => `${name}(\`x\`, \`${text}\`)`),
  );
  const matcher = fc.oneof(single, paired, { weight: 3, arbitrary: fitting });
  const joined = fc.tuple(matcher, fc.constantFrom("&&", "||", "&& !", "  ||  ", " "), matcher).map(([one, operator, two]) => `${one} ${operator} ${two}`);
  return fc.oneof(
    { weight: 3, arbitrary: matcher },
    joined,
    matcher.map((rule) => `!(${rule})`),
  );
}
