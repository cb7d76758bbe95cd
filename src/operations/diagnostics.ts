/** What the engine's report says of one resource. */
export interface Diagnostic {
  /** Such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** The resource's name in the program. */
  readonly name: string;
  readonly message: string;
}

/** The errors that the report of an update ends with, by resource; that of the stack itself is left out. */
export function errorsIn(report: string): Diagnostic[] {
  const lines = report.split("\n");
  const begin = lines.indexOf("Diagnostics:");
  if (begin < 0) return [];
  const found: { type: string; name: string; body: string[] }[] = [];
  for (const line of lines.slice(begin + 1)) {
    if (/^\S/.test(line)) break;
    const [, type, name] = /^ {2}(\S+) \((.+)\):$/.exec(line) ?? [];
    if (type !== undefined && name !== undefined) found.push({ type, name, body: [] });
    else found.at(-1)?.body.push(line.slice(4));
  }
  return found
    .filter(({ type, body }) => type !== "pulumi:pulumi:Stack" && body.some((line) => line.startsWith("error: ")))
    .map(({ type, name, body }) => ({ type, name, message: errorOf(body) }));
}

/** An error with the lines that belong to it, without warnings before it. */
function errorOf(body: readonly string[]): string {
  const first = body.findIndex((line) => line.startsWith("error: "));
  return body
    .slice(first)
    .join("\n")
    .replace(/^error: /, "")
    .trim();
}
