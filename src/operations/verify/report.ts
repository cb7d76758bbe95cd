/** One thing that was held against the state. */
export interface Check {
  /** Such as `split of voice-api`. */
  readonly name: string;
  readonly state: "pass" | "fail" | "not asked";
  readonly expected: string;
  /** What was found, or why it was not asked. */
  readonly found: string;
}

/** How the newcomers of one service were spread. */
export interface Split {
  readonly service: string;
  readonly newcomers: number;
  /** Newcomers that got no planned bucket. */
  readonly without: number;
  readonly buckets: readonly { readonly id: number; readonly weight: number; readonly count: number }[];
}

/** What a verification found of one stage. */
export interface VerifyReport {
  readonly stage: string;
  /** Number of the update whose settings were held against the traffic. */
  readonly update: number;
  readonly checks: readonly Check[];
  readonly splits: readonly Split[];
}

/** What happens while a stage is verified. */
export type VerifyEvent =
  | { readonly kind: "checked"; readonly check: Check }
  | { readonly kind: "visitors"; readonly service: string; readonly done: number; readonly of: number };

/** Whether everything that was asked was as it should be. */
export function isVerified(report: VerifyReport): boolean {
  return report.checks.every((check) => check.state !== "fail");
}

/** How many examples of a failure are told. */
const EXAMPLES = 5;

/** Joins what went wrong, cut where it is long. */
export function listSome(texts: readonly string[]): string {
  const rest = texts.length - EXAMPLES;
  return rest > 0 ? `${texts.slice(0, EXAMPLES).join("; ")}; and ${rest} more` : texts.join("; ");
}
