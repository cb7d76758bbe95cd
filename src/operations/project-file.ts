import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod/mini";
import { OperationError } from "./errors.ts";

/** The files of a Pulumi project, as far as operations need them. */
export interface Project {
  readonly root: string;
  readonly name: string;
  /** Where the state is kept; null when nothing but the login says so. */
  readonly backendUrl: string | null;
  /** As it is written there; `fromOwnFile` gives it where it stands in a file of its own. */
  readonly catalog: unknown;
}

const projectFile = z.looseObject({
  name: z.string(),
  backend: z.optional(z.looseObject({ url: z.string() })),
  config: z.nullish(z.record(z.string(), z.unknown())),
});
const stackFile = z.looseObject({ config: z.nullish(z.record(z.string(), z.unknown())), encryptionsalt: z.optional(z.string()) });
const catalogValue = z.looseObject({ value: z.unknown() });

/** Reads `Pulumi.yaml`. @throws OperationError when it is missing or no project */
export async function readProject(root: string): Promise<Project> {
  const path = join(root, "Pulumi.yaml");
  const file = parseFile(path, projectFile, parseYaml(path, await readText(path, "run this in the folder of the project, or give it: sluice -C <folder>")));
  const config = file.config ?? {};
  const entry = config[`${file.name}:catalog`] ?? config["catalog"];
  const valued = catalogValue.safeParse(entry);
  const backendUrl = process.env["PULUMI_BACKEND_URL"] ?? file.backend?.url ?? null;
  return { root, name: file.name, backendUrl, catalog: valued.success ? valued.data.value : entry };
}

/** The stack's own config, keys with their namespace, and the salt of its secrets. */
export interface StackFile {
  readonly stage: string;
  readonly path: string;
  readonly text: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly encryptionSalt: string | null;
}

export async function readStackFile(project: Project, stage: string): Promise<StackFile> {
  const path = join(project.root, `Pulumi.${stage}.yaml`);
  const text = await readText(path, "see the stages in Pulumi.yaml");
  const file = parseFile(path, stackFile, parseYaml(path, text) ?? {});
  return { stage, path, text, config: file.config ?? {}, encryptionSalt: file.encryptionsalt ?? null };
}

async function readText(path: string, wayOut: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => {
    throw new OperationError("config", `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}. Way out: ${wayOut}.`);
  });
}

/** @throws OperationError where the file has not the form of a Pulumi file */
function parseFile<T extends z.ZodMiniType>(path: string, schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? "" : `, at ${issue.path.join(".")}`;
  throw new OperationError("config", `${path} is no file of Pulumi${at}: ${issue?.message ?? "unknown"}.`);
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) throw new OperationError("config", `${path} is no YAML: ${error.message}`);
    throw error;
  }
}
