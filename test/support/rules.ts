/** Rules that Traefik takes; the suite `traefik` asks the real one. */
export const GOOD_RULES = [
  "PathPrefix(`/voice`)",
  "Host(`a.example`) && PathPrefix(`/x`)",
  "(Host(`a.example`) || Host(`b.example`)) && !Path(`/y`)",
  'Path("/quoted")',
  "Header(`X-Kind`, `a`) && Method(`GET`)",
  "HeaderRegexp(`Cookie`, `(^|; *)a=`)",
  "PathRegexp(`^/(?i)api/[0-9]+$`)",
  "Query(`a`, `b`) || Query(`c`)",
  "QueryRegexp(`a`, `^b$`)",
  "ClientIP(`10.0.0.0/8`)",
  "HostRegexp(`^.+\\.example$`)",
];

/** Rules that Traefik refuses, with what is said of them. */
export const BAD_RULES: readonly (readonly [string, string])[] = [
  ["PathPrefix(`/voice`", "where ) was expected"],
  ["PathPrefix(voice)", "where a value in backticks was expected"],
  ["PathPrefix(`voice`)", "must begin with /"],
  ["Prefix(`/voice`)", "matcher Prefix, which Traefik does not know"],
  ["PathPrefix(`/a`, `/b`)", "gives PathPrefix 2 values, where it takes 1"],
  ["Header(`X-Kind`)", "gives Header 1 values, where it takes 2"],
  ["Path(`/a`) Path(`/b`)", "where &&, || or the end was expected"],
  ["Path(`/a`) &&", "where a matcher was expected"],
  ["Path(`/a`) & Path(`/b`)", "which begins nothing"],
  ["PathRegexp(`(`)", "no regular expression"],
  ["PathRegexp(`a(?=b)`)", "no regular expression"],
  ["", "where a matcher was expected"],
];
