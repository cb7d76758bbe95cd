import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { renderFaults } from "../model/fault.ts";
import * as pulumi from "../pulumi.ts";
import type { RawConfig } from "./parse.ts";
import { OwnFileFault, readOwnFile } from "./read-own-file.ts";
import { isTargetKey, secretPaths } from "./secret-rules.ts";

/** Keys whose value is text; every other is JSON. */
const TEXT_KEYS = new Set(["target", "testerSecret", "webhook", "prometheus"]);

const registries = z.looseObject({ registries: z.array(z.looseObject({ address: z.string(), password: z.string() })) });
const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()).nullish() });

/** What the program starts from. */
export interface ReadConfig {
  readonly raw: RawConfig;
  readonly testerSecret: pulumi.Output<string> | null;
  /** By key, what stands in a file of its own. */
  readonly ownFiles: Readonly<Record<string, unknown>>;
  /** By the address of a Docker registry. */
  readonly registryPasswords: pulumi.Output<Readonly<Record<string, string>>>;
}

/**
 * Reads the project's config as Pulumi hands it to the program, and what is secret in it as secrets.
 * @throws RunError where a value stands in a file that cannot be used
 */
export function readConfig(): ReadConfig {
  const config = new pulumi.Config();
  const prefix = `${config.name}:`;
  const settings: Record<string, unknown> = {};
  const ownFiles: Record<string, unknown> = {};
  const plainKeys: string[] = [];
  const file = stackConfig();
  const secrets: string[] = [];
  const secretKeys = new Set(z.array(z.string()).parse(JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] || "[]")));
  for (const [fullKey, text] of Object.entries(pulumi.allConfig())) {
    if (!fullKey.startsWith(prefix)) continue;
    const key = fullKey.slice(prefix.length);
    if (!secretKeys.has(fullKey)) plainKeys.push(key);
    const value = TEXT_KEYS.has(key) ? text : parseJson(text);
    const own = ownFile(key, value);
    if (own !== null) ownFiles[key] = own.value;
    settings[key] = own === null ? value : own.value;
    if (secretKeys.has(fullKey) && isTargetKey(key)) secrets.push(...secretsIn(key, file[fullKey] ?? file[key], settings[key]));
  }
  const { catalog, ...rest } = settings;
  return {
    raw: { stage: pulumi.getStack(), catalog, settings: { ...rest, ...stackOwn(config.name, file) }, plainKeys, secretPaths: secrets },
    ownFiles,
    testerSecret: config.getSecret("testerSecret") ?? null,
    registryPasswords: pulumi.secret(passwordsIn(settings["docker"])),
  };
}

function ownFile(key: string, value: unknown): ReturnType<typeof readOwnFile> {
  try {
    return readOwnFile(pulumi.getRootDirectory(), key, value);
  } catch (error) {
    throw error instanceof OwnFileFault ? new pulumi.RunError(renderFaults("The config cannot be used", [error.fault])) : error;
  }
}

function passwordsIn(docker: unknown): Record<string, string> {
  const parsed = registries.safeParse(docker);
  return parsed.success ? Object.fromEntries(parsed.data.registries.map(({ address, password }) => [address, password])) : {};
}

/**
 * Where in a key's value its secrets are: Pulumi says only that there are some. Where the stage's file does not
 * say it either, as in an update from another file, they are the passwords of registries, or else the whole value.
 */
function secretsIn(key: string, written: unknown, value: unknown): string[] {
  const paths = secretPaths(written, key);
  return paths.length > 0 || Object.keys(passwordsIn(value)).length > 0 ? paths : [key];
}

/**
 * What a stack says of the catalogue, for the schema to refuse: a stage that brought stages of its own
 * could skip the others.
 */
function stackOwn(project: string, file: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own = file[`${project}:catalog`] ?? file["catalog"];
  return own === undefined ? {} : { catalog: own };
}

/** The config of the stage's file, as it is written there. */
function stackConfig(): Readonly<Record<string, unknown>> {
  const path = join(pulumi.getRootDirectory(), `Pulumi.${pulumi.getStack()}.yaml`);
  if (!existsSync(path)) return {};
  const file = stackFile.safeParse(parse(readFileSync(path, "utf8")));
  return file.success ? (file.data.config ?? {}) : {};
}

/** Text that is no JSON stays text, for the schema to refuse. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
