/** What a command knows of the run that it is part of. */
export interface Context {
  /** The folder of the Pulumi project: `--cwd`, or where `sluice` was started. */
  root(): string;
  /** The folder of Sluice's own sources. */
  readonly home: string;
  /** Sets what the process ends with; see exit-codes.ts. */
  exitWith(code: number): void;
}
