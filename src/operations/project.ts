import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { type Model, parseCatalog, parseConfig, type RawConfig } from "../config/parse.ts";
import type { Catalog } from "../model/catalog.ts";
import { nearest, renderFaults } from "../model/fault.ts";
import { OperationError } from "./errors.ts";

/** The files of a Pulumi project, as far as operations need them. */
export interface Project {
  readonly root: string;
  readonly name: string;
  /** Where the state is kept; null when nothing but the login says so. */
  readonly backendUrl: string | null;
  readonly catalog: unknown;
}

const projectFile = z.looseObject({
  name: z.string(),
  backend: z.looseObject({ url: z.string() }).optional(),
  config: z.record(z.string(), z.unknown()).nullish(),
});
const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()).nullish(), encryptionsalt: z.string().optional() });
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

/**
 * Gives a stage's model from a stack's config, with no engine.
 * @param config keys with their namespace; a secret's value is not looked at
 * @throws OperationError with every fault of the config
 */
export function modelOf(project: Project, stage: string, config: Readonly<Record<string, unknown>>): Model {
  const raw = rawConfig(project, stage, config);
  const parsed = parseConfig(raw);
  if (!parsed.ok) throw new OperationError("config", renderFaults(`The config of ${stage} cannot be used`, parsed.faults));
  return parsed.model;
}

/** The same, or null when the config cannot be used any more. */
export function modelOrNull(project: Project, stage: string, config: Readonly<Record<string, unknown>>): Model | null {
  const parsed = parseConfig(rawConfig(project, stage, config));
  return parsed.ok ? parsed.model : null;
}

/** The catalogue of a config, or the project's. @throws OperationError with every fault of it */
export function catalogOf(project: Project, config: Readonly<Record<string, unknown>>): Catalog {
  const { catalog, faults } = parseCatalog(config[`${project.name}:catalog`] ?? project.catalog);
  if (catalog === null || faults.length > 0) throw new OperationError("config", renderFaults("The catalogue cannot be used", faults));
  return catalog;
}

/** What stands for a secret that is not looked at, in the form that its key asks for. */
const UNSEEN: Readonly<Record<string, string>> = { testerSecret: "a-secret-not-looked-at", webhook: "https://a-secret-not-looked-at" };

function rawConfig(project: Project, stage: string, config: Readonly<Record<string, unknown>>): RawConfig {
  const prefix = `${project.name}:`;
  const settings: Record<string, unknown> = {};
  const plainKeys: string[] = [];
  let { catalog } = project;
  for (const [fullKey, value] of Object.entries(config)) {
    if (!fullKey.startsWith(prefix)) continue;
    const key = fullKey.slice(prefix.length);
    const secret = typeof value === "object" && value !== null && "secure" in value;
    if (!secret) plainKeys.push(key);
    // In the history of an update the catalogue is that of the project file of then.
    if (key === "catalog") catalog = value;
    else settings[key] = secret ? UNSEEN[key] : value;
  }
  return { stage, catalog, settings, plainKeys };
}

/** The stages of a catalogue that may not be valid yet. */
export function stagesOf(project: Project): readonly string[] {
  const parsed = z.looseObject({ stages: z.array(z.string()) }).safeParse(project.catalog);
  if (!parsed.success) throw new OperationError("config", "Pulumi.yaml: sluice:catalog.stages must be a list of stage names.");
  return parsed.data.stages;
}

/** @throws OperationError where the catalogue has no such stage, with the nearest */
export function requireStage(project: Project, stage: string): void {
  const stages = stagesOf(project);
  if (stages.includes(stage)) return;
  const near = nearest(stage, stages);
  throw new OperationError("config", `There is no stage ${stage}; the catalogue has ${stages.join(", ")}.${near === null ? "" : ` Did you mean ${near}?`}`);
}

/** The flags of a catalogue that may not be valid yet; none where it has none. */
export function flagNamesOf(project: Project): readonly string[] {
  const parsed = z.looseObject({ flags: z.record(z.string(), z.unknown()) }).safeParse(project.catalog);
  return parsed.success ? Object.keys(parsed.data.flags).sort() : [];
}

async function readText(path: string, wayOut: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => {
    throw new OperationError("config", `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}. Way out: ${wayOut}.`);
  });
}

/** @throws OperationError where the file has not the form of a Pulumi file */
function parseFile<T extends z.ZodType>(path: string, schema: T, value: unknown): z.output<T> {
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
