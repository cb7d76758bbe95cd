/** What differs from run to run, and what stands for it: the same in a page and in what a command says. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?/g, "<time>"],
  [/\b\d{8}T\d{6}Z\b/g, "<time>"],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/g, "<hash>"],
  [/-(?=[0-9a-f]*\d)[0-9a-f]{8}\b/g, "-<hash>"],
  [/\bprocess \d+/g, "process <n>"],
  [/(127\.0\.0\.1|localhost):\d+/g, "$1:<port>"],
  [/\b\d+(\.\d+)? ?(ms|s|min|h|d|m)\b/g, "<span>"],
  [/<span>( (?:\+ )?<span>)+/g, "<span>"],
  [/\b(updates?) \d+/g, "$1 <n>"],
  // Pulumi gives an update without a message that of the newest commit.
  [/\b(back to update <n> of <time>) \(.+\)$/g, "$1"],
  [/#\d+/g, "#<n>"],
  // A nothing matters: 0 of 571 requests lost.
  [/\b[1-9]\d* of [1-9]\d*\b/g, "<n> of <n>"],
  [/\b0 of [1-9]\d*\b/g, "0 of <n>"],
  [/\b[1-9]\d* (requests|visitors|checks|entries|entry|resources|route answers|steps|kinds|newcomers)\b/g, "<n> $1"],
  [/\bhold[s]?; newest: \d+/g, "holds; newest: <n>"],
  // A counter of Traefik.
  [/^(traefik_.*\}) \d+$/g, "$1 <n>"],
  [/\b\d+\.\d+%/g, "<n>%"],
  [/[─┬┼┴┌┐└┘├┤]{3,}/g, "<border>"],
];

/** What stands for any number of lines, and within a line for any text. */
const ANY_LINES = "...";
const ANY_TEXT = "…";

/** Whether what a command said is what a page shows. @param root folder of the project, which pages leave out */
export function matchesOutput(shown: readonly string[], said: string, root: string): boolean {
  const actual = linesOf(said.replaceAll(`${root}/`, "").replaceAll(root, "."));
  return matchLines(linesOf(shown.join("\n")), actual);
}

function linesOf(text: string): string[] {
  return text.trimEnd().split("\n").map(plain);
}

/** A line without what differs from run to run; the padding of tables is no matter. */
export function plain(line: string): string {
  const even = line.includes("│") ? line.replaceAll(/ +/g, " ").replaceAll(/│ \d+ │/g, "│ <n> │") : line;
  return PATTERNS.reduce((text, [pattern, word]) => text.replaceAll(pattern, word), even).trimEnd();
}

function matchLines(expected: readonly string[], actual: readonly string[]): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return actual.length === 0;
  if (first !== ANY_LINES) return actual[0] !== undefined && matchLine(first, actual[0]) && matchLines(rest, actual.slice(1));
  return actual.concat("").some((_line, skip) => matchLines(rest, actual.slice(skip)));
}

function matchLine(expected: string, actual: string): boolean {
  if (!expected.includes(ANY_TEXT)) return expected === actual;
  const parts = expected.split(ANY_TEXT).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(actual);
}
