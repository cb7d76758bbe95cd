import { paint } from "./style.ts";

/** Says on stderr what went wrong beside the work. */
export function warn(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`${paint("warning", "warning", process.stderr)}: ${warning}\n`);
}
