import type { Failure } from "../operations/errors.ts";

/** What `sluice` ends with; docs/configuration.md lists these. */
export const EXIT = {
  ok: 0,
  failed: 1,
  config: 2,
  refused: 3,
  busy: 4,
  missing: 5,
  unproven: 6,
} as const;

/** The exit code of each kind of failure. */
const CODES: Readonly<Record<Failure, number>> = {
  config: EXIT.config,
  refused: EXIT.refused,
  busy: EXIT.busy,
  missing: EXIT.missing,
  engine: EXIT.failed,
};

export function exitCodeOf(failure: Failure): number {
  return CODES[failure];
}
