import { OwnFileFault, readOwnFile } from "../config/read-own-file.ts";
import { renderFaults } from "../model/fault.ts";
import { OperationError } from "./errors.ts";

/** The value of a key, also where it stands in a file of its own. @throws OperationError where the file cannot be used */
export function fromOwnFile(root: string, key: string, value: unknown): unknown {
  const own = reading(() => readOwnFile(root, key, value));
  return own === null ? value : own.value;
}

/**
 * The files that values of a config stand in.
 * @param config keys with their namespace
 * @returns by key without it, the digest of the file as it is now
 * @throws OperationError where one cannot be used
 */
export function ownFilesOf(root: string, config: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([fullKey, value]) => {
      const key = fullKey.slice(fullKey.indexOf(":") + 1);
      const own = reading(() => readOwnFile(root, key, value));
      return own === null ? [] : [[key, own.digest] as const];
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
