import { nearest } from "../../model/fault.ts";
import { OperationError } from "../../operations/errors.ts";
import { readStatus, type Status } from "../../operations/status/read-status.ts";
import { EXIT, exitCodeOf } from "../exit-codes.ts";
import { printJson } from "../json.ts";
import { renderFlag } from "../status/flag.ts";
import { renderStatus } from "../status/table.ts";

export interface StatusOptions {
  /** One flag in full. */
  readonly flag?: string;
  readonly json?: true;
}

/** Prints every flag in every stage, or one in full. @returns 0 only where everything could be read */
export async function status(root: string, { flag, json }: StatusOptions, now: Date): Promise<number> {
  const all = await readStatus(root, now);
  const shown = flag === undefined ? all : onlyFlag(all, flag);
  if (json === true) printJson(shown);
  else process.stdout.write(`${flag === undefined ? renderStatus(shown) : renderFlag(flag, shown)}\n`);
  const [fault] = Object.values(all.stages).flatMap(({ faults }) => faults);
  if (all.catalogFault !== null) return EXIT.config;
  return fault === undefined ? EXIT.ok : exitCodeOf(fault.failure);
}

/** @throws OperationError where there is no such flag, with the nearest */
function onlyFlag(status: Status, flag: string): Status {
  if (!status.flags.includes(flag)) {
    const near = nearest(flag, status.flags);
    throw new OperationError("config", `There is no flag ${flag}; there is ${status.flags.join(", ")}.${near === null ? "" : ` Did you mean ${near}?`}`);
  }
  const stages = Object.entries(status.stages).map(([stage, own]) => [stage, { ...own, flags: only(own.flags, flag) }] as const);
  return { ...status, flags: [flag], definitions: only(status.definitions, flag), stages: Object.fromEntries(stages) };
}

function only<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name === key));
}
