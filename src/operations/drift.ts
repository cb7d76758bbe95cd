import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Checkpoint, resourceName } from "./state-files.ts";

/** A part of a stage that is not what the state says: a file, or an object of a cluster. */
export interface DriftedPart {
  /** The resource's name, such as `traefik.yaml`. */
  readonly name: string;
  /** Where it is: the path of a file, or cluster, kind and name of an object. */
  readonly path: string;
  /** `stray` for what is there, and in no state. */
  readonly state: "missing" | "differs" | "stray";
}

/** The types of resources that are files of a local stage. */
const FILE_TYPES = "sluice-local:index:";
/** Stands in a content for a value that the file alone has: a secret, or the revision of its writing. */
const PLACEHOLDER = /\$\{[a-z-]+\}/g;

const fileInputs = z.looseObject({ path: z.string(), content: z.string() });
/** The env files of a stage, by the name of their workload; `path` is their folder. */
const folderInputs = z.looseObject({ path: z.string(), files: z.record(z.string(), z.string()) });

/** The files of a stage that are not as a state has them, read without the engine. */
export async function findDrift(checkpoint: Checkpoint): Promise<DriftedPart[]> {
  const files = checkpoint.resources.filter(({ type }) => type.startsWith(FILE_TYPES)).flatMap(filesOf);
  const found = await Promise.all(
    files.map(async ({ name, path, content }) => ({ name, path, content, actual: await readFile(path, "utf8").catch(() => null) })),
  );
  return found.flatMap(({ name, path, content, actual }): DriftedPart[] => {
    if (actual === null) return [{ name, path, state: "missing" }];
    return matchesContent(content, actual) ? [] : [{ name, path, state: "differs" }];
  });
}

/** The files that a resource stands for, none where it is of another kind. */
function filesOf({ urn, inputs }: Checkpoint["resources"][number]): { readonly name: string; readonly path: string; readonly content: string }[] {
  const file = fileInputs.safeParse(inputs);
  if (file.success) return [{ name: resourceName(urn), ...file.data }];
  const folder = folderInputs.safeParse(inputs);
  if (!folder.success) return [];
  return Object.entries(folder.data.files).map(([workload, content]) => ({
    name: `${workload}.env`,
    path: join(folder.data.path, `${workload}.env`),
    content,
  }));
}

/**
 * Whether a file has the content that the state says. A placeholder such as `${revision}` stands for any
 * one value, the same wherever it stands.
 */
export function matchesContent(expected: string, actual: string): boolean {
  return matchesFrom({ literals: expected.split(PLACEHOLDER), placeholders: expected.match(PLACEHOLDER) ?? [] }, 0, actual, 0, new Map());
}

/** What a placeholder may stand for. */
const VALUE = /[A-Za-z0-9_-]+/y;

interface Parts {
  /** One more than placeholders: the text before each, and after the last. */
  readonly literals: readonly string[];
  readonly placeholders: readonly string[];
}

/** Whether the rest of a text, from a place on, is the rest of the parts. A pattern of all would be too long for a large document. */
function matchesFrom({ literals, placeholders }: Parts, first: number, actual: string, from: number, values: ReadonlyMap<string, string>): boolean {
  let at = from;
  for (const [index, literal] of literals.entries()) {
    if (index < first) continue;
    if (!actual.startsWith(literal, at)) return false;
    at += literal.length;
    const placeholder = placeholders[index];
    if (placeholder === undefined) return at === actual.length;
    const known = values.get(placeholder);
    if (known === undefined)
      return someValue(actual, at, (value, end) => matchesFrom({ literals, placeholders }, index + 1, actual, end, new Map([...values, [placeholder, value]])));
    if (!actual.startsWith(known, at)) return false;
    at += known.length;
  }
  return false;
}

/** Whether one of the values that may stand at a place does, the longest first. */
function someValue(actual: string, at: number, does: (value: string, end: number) => boolean): boolean {
  VALUE.lastIndex = at;
  const [longest = ""] = VALUE.exec(actual) ?? [];
  for (let length = longest.length; length > 0; length -= 1) {
    if (does(longest.slice(0, length), at + length)) return true;
  }
  return false;
}
