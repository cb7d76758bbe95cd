import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod/mini";
import type { Fault } from "../model/fault.ts";

/**
 * Keys whose value may stand in a file of its own, as `{ file: catalog.yaml }`: what grows with the services. Pulumi hands
 * a program all its config in one environment variable, and Linux allows 128 KiB for one.
 */
export const OWN_FILE_KEYS: ReadonlySet<string> = new Set(["catalog", "local", "docker", "kubernetes"]);

/** In bytes; a catalogue of 10,000 services and as many flags has a fifth of it. */
const LARGEST = 16 * 2 ** 20;

const reference = z.strictObject({ file: z.string() });

/** A value that stands in a file of its own. */
export interface OwnFile {
  readonly value: unknown;
}

/** The file of a value cannot be used. */
export class OwnFileFault extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(`${fault.path}: ${fault.found}`);
    this.fault = fault;
  }
}

/** A history has one reference for each update, and a board asks every second: what is the same file is parsed once. */
const lastRead = new Map<string, OwnFile & { readonly version: string }>();

/**
 * Reads what the value of a key leads to, again only when the file is another.
 * @param root folder of the project, from which its path goes
 * @returns null where the value is no reference
 * @throws OwnFileFault where the file cannot be read, or is no YAML
 */
export function readOwnFile(root: string, key: string, value: unknown): OwnFile | null {
  const found = OWN_FILE_KEYS.has(key) ? reference.safeParse(value) : null;
  if (found?.success !== true) return null;
  const path = resolve(root, found.data.file);
  try {
    const there = statSync(path);
    const { mtimeMs, size, ino } = there;
    if (!there.isFile()) throw new Error("it is no file");
    if (size > LARGEST) throw new Error(`it has ${size} bytes`);
    const version = `${ino} ${size} ${mtimeMs}`;
    const before = lastRead.get(path);
    if (before?.version === version) return before;
    const read: OwnFile & { readonly version: string } = { value: parse(readFileSync(path, "utf8"), { logLevel: "error" }), version };
    lastRead.set(path, read);
    return read;
  } catch (error) {
    throw new OwnFileFault({
      path: `${key}.file`,
      found: `${found.data.file} cannot be used: ${reasonOf(error)}`,
      allowed: `the path of a YAML file of at most ${LARGEST / 2 ** 20} MiB, from the folder of the project`,
      wayOut: null,
    });
  }
}

/** Without the lines of the file, which an error of YAML quotes: it may be another than was meant, with secrets in it. */
function reasonOf(error: unknown): string {
  const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return first.replace(/:$/, "");
}
