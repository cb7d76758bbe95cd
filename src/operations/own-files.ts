import { OwnFileFault, readOwnFile } from "../config/read-own-file.ts";
import { renderFaults } from "../model/fault.ts";
import { OperationError } from "./errors.ts";

/** The value of a key, also where it stands in a file of its own. @throws OperationError where the file cannot be used */
export function fromOwnFile(root: string, key: string, value: unknown): unknown {
  const own = reading(() => readOwnFile(root, key, value));
  return own === null ? value : own.value;
}

/**
 * What of a config stands in files of their own.
 * @param config keys with their namespace
 * @returns by key without it, what its file says now
 * @throws OperationError where one cannot be used
 */
export function ownFilesOf(root: string, config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([fullKey, value]) => {
      const key = fullKey.slice(fullKey.indexOf(":") + 1);
      const own = reading(() => readOwnFile(root, key, value));
      return own === null ? [] : [[key, own.value] as const];
    }),
  );
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof OwnFileFault ? new OperationError("config", renderFaults("The config cannot be used", [error.fault])) : error;
  }
}
