import { readFile } from "node:fs/promises";
import { z } from "zod";
import { type Checkpoint, resourceName } from "./state-files.ts";

/** A part of a stage that is not what the state says: a file, or an object of a cluster. */
export interface DriftedPart {
  /** The resource's name, such as `traefik.yaml`. */
  readonly name: string;
  /** Where it is: the path of a file, or cluster, kind and name of an object. */
  readonly path: string;
  readonly state: "missing" | "differs";
}

/** The types of resources that are files of a local stage. */
const FILE_TYPES = "sluice-local:index:";
/** Stands in a content for a value that the file alone has: a secret, or the revision of its writing. */
const PLACEHOLDER = /\$\{[a-z-]+\}/g;

const fileInputs = z.looseObject({ path: z.string(), content: z.string() });

/** The files of a stage that are not as a state has them, read without the engine. */
export async function findDrift(checkpoint: Checkpoint): Promise<DriftedPart[]> {
  const files = checkpoint.resources.flatMap(({ urn, type, inputs }) => {
    const file = fileInputs.safeParse(inputs);
    return type.startsWith(FILE_TYPES) && file.success ? [{ name: resourceName(urn), ...file.data }] : [];
  });
  const found = await Promise.all(
    files.map(async ({ name, path, content }) => ({ name, path, content, actual: await readFile(path, "utf8").catch(() => null) })),
  );
  return found.flatMap(({ name, path, content, actual }): DriftedPart[] => {
    if (actual === null) return [{ name, path, state: "missing" }];
    return matchesContent(content, actual) ? [] : [{ name, path, state: "differs" }];
  });
}

/**
 * Whether a file has the content that the state says. A placeholder such as `${revision}` stands for any
 * one value, the same wherever it stands.
 */
export function matchesContent(expected: string, actual: string): boolean {
  const placeholders = [...new Set(expected.match(PLACEHOLDER) ?? [])];
  if (placeholders.length === 0) return expected === actual;
  const seen = new Set<string>();
  const literals = expected.split(PLACEHOLDER).map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const pattern = (expected.match(PLACEHOLDER) ?? []).map((placeholder, index) => {
    const group = placeholders.indexOf(placeholder) + 1;
    const value = seen.has(placeholder) ? `(?:\\${group})` : "([A-Za-z0-9_-]+)";
    seen.add(placeholder);
    return `${literals[index] ?? ""}${value}`;
  });
  return new RegExp(`^${pattern.join("")}${literals.at(-1) ?? ""}$`).test(actual);
}
