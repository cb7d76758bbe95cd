import type { Failure } from "../operations/errors.ts";

/** What `sluice` ends with. */
export const EXIT = {
  ok: 0,
  failed: 1,
  config: 2,
  refused: 3,
  busy: 4,
  missing: 5,
  unproven: 6,
  rolledBack: 7,
  killed: 8,
  held: 9,
  interrupted: 10,
} as const;

/** What each exit code means; `sluice --help` and docs/configuration.md say the same. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "done",
  failed: "the engine failed, or a program that `sluice` runs ended by itself",
  config: "the command line or the config cannot be used; nothing was changed",
  refused: "refused by a rule, not confirmed, or cannot be restored, and nothing was changed; or a check found something",
  busy: "a lock, a port or a pending update is in the way",
  missing: "a tool, a stack or an update is not there",
  unproven: "a rollback was applied, but its proof failed; or a drill did not pass; or an audit is not as it was written",
  rolledBack: "a promotion breached a metric, and was rolled back",
  killed: "a promotion breached a metric, its rollback failed, and the kill took the traffic off",
  held: "a promotion ended while it waited for facts, or for a gate; the exposure stays where it is",
  interrupted: "someone else changed the stage during a promotion, or a signal came, and it ended there",
};

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

/** The exit codes in lines for a terminal. */
export function renderExitCodes(): string {
  const lines = Object.entries(EXIT_MEANINGS).map(([name, meaning]) => `  ${String(codeOf(name)).padStart(2)}  ${meaning}`);
  return ["Exit codes:", ...lines].join("\n");
}

function codeOf(name: string): number {
  return new Map<string, number>(Object.entries(EXIT)).get(name) ?? EXIT.failed;
}
