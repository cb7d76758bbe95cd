/** The examples of a command's help, each a command line with what it is for. */
export function examples(...lines: readonly (readonly [command: string, purpose: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return ["", "Examples:", ...lines.map(([command, purpose]) => `  $ ${command.padEnd(width)}  # ${purpose}`)].join("\n");
}
