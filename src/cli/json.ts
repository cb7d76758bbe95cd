/** Prints the one document that a command with `--json` gives; nothing else goes to its stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
