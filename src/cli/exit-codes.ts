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

export function exitCodeOf(failure: Failure): number {
  switch (failure) {
    case "config":
      return EXIT.config;
    case "refused":
      return EXIT.refused;
    case "busy":
      return EXIT.busy;
    case "missing":
      return EXIT.missing;
    case "engine":
      return EXIT.failed;
    default: {
      const never: never = failure;
      return never;
    }
  }
}
