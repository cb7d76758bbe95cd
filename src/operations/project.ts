import { z } from "zod";
import { type Model, parseCatalog, parseConfig, type RawConfig } from "../config/parse.ts";
import { secretPaths } from "../config/secret-rules.ts";
import type { Catalog } from "../model/catalog.ts";
import { nearest, renderFaults } from "../model/fault.ts";
import { OperationError } from "./errors.ts";
import { fromOwnFile } from "./own-files.ts";
import type { Project } from "./project-file.ts";

export { type Project, readProject, readStackFile, type StackFile } from "./project-file.ts";

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
  try {
    const parsed = parseConfig(rawConfig(project, stage, config));
    return parsed.ok ? parsed.model : null;
  } catch (error) {
    if (error instanceof OperationError && error.failure === "config") return null;
    throw error;
  }
}

/** The catalogue of a config, or the project's. @throws OperationError with every fault of it */
export function catalogOf(project: Project, config: Readonly<Record<string, unknown>>): Catalog {
  const { catalog, faults } = parseCatalog(fromOwnFile(project.root, "catalog", config[`${project.name}:catalog`] ?? project.catalog));
  if (catalog === null || faults.length > 0) throw new OperationError("config", renderFaults("The catalogue cannot be used", faults));
  return catalog;
}

/** What stands for a secret that is not looked at, in the form that its key asks for. */
const NOT_LOOKED_AT = "a-secret-not-looked-at";
const UNSEEN: Readonly<Record<string, string>> = { webhook: "https://a-secret-not-looked-at" };

function withoutCiphertext(value: unknown, standIn: string): unknown {
  if (Array.isArray(value)) return value.map((inner) => withoutCiphertext(inner, standIn));
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value) return standIn;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutCiphertext(inner, standIn)]));
}

function rawConfig(project: Project, stage: string, config: Readonly<Record<string, unknown>>): RawConfig {
  const prefix = `${project.name}:`;
  const settings: Record<string, unknown> = {};
  const plainKeys: string[] = [];
  const secrets: string[] = [];
  let { catalog } = project;
  for (const [fullKey, value] of Object.entries(config)) {
    if (!fullKey.startsWith(prefix)) continue;
    const key = fullKey.slice(prefix.length);
    const paths = secretPaths(value, key);
    if (paths.length === 0) plainKeys.push(key);
    secrets.push(...paths);
    // In the history of an update the catalogue is that of the project file of then.
    if (key === "catalog") catalog = value;
    else settings[key] = withoutCiphertext(fromOwnFile(project.root, key, value), UNSEEN[key] ?? NOT_LOOKED_AT);
  }
  return { stage, catalog: fromOwnFile(project.root, "catalog", catalog), settings, plainKeys, secretPaths: secrets };
}

/** The stages of a catalogue that may not be valid yet. */
export function stagesOf(project: Project): readonly string[] {
  const parsed = z.looseObject({ stages: z.array(z.string()) }).safeParse(fromOwnFile(project.root, "catalog", project.catalog));
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
  const parsed = z.looseObject({ flags: z.record(z.string(), z.unknown()) }).safeParse(fromOwnFile(project.root, "catalog", project.catalog));
  return parsed.success ? Object.keys(parsed.data.flags).sort() : [];
}
