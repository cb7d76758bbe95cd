import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import * as pulumi from "../pulumi.ts";
import type { RawConfig } from "./parse.ts";

/** Keys whose value is text; every other is JSON. */
const TEXT_KEYS = new Set(["target", "testerSecret", "webhook", "prometheus"]);

const registries = z.looseObject({ registries: z.array(z.looseObject({ address: z.string(), password: z.string() })) });
const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()).nullish() });

/** What the program starts from. */
export interface ReadConfig {
  readonly raw: RawConfig;
  readonly testerSecret: pulumi.Output<string> | null;
  /** By the address of a Docker registry. */
  readonly registryPasswords: pulumi.Output<Readonly<Record<string, string>>>;
}

/** Reads the project's config as Pulumi hands it to the program, and what is secret in it as secrets. */
export function readConfig(): ReadConfig {
  const config = new pulumi.Config();
  const prefix = `${config.name}:`;
  const settings: Record<string, unknown> = {};
  const plainKeys: string[] = [];
  const secretKeys = new Set(z.array(z.string()).parse(JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] || "[]")));
  for (const [fullKey, text] of Object.entries(pulumi.allConfig())) {
    if (!fullKey.startsWith(prefix)) continue;
    const key = fullKey.slice(prefix.length);
    if (!secretKeys.has(fullKey)) plainKeys.push(key);
    settings[key] = TEXT_KEYS.has(key) ? text : parseJson(text);
  }
  const { catalog, ...rest } = settings;
  return {
    raw: { stage: pulumi.getStack(), catalog, settings: { ...rest, ...stackOwn(config.name) }, plainKeys },
    testerSecret: config.getSecret("testerSecret") ?? null,
    registryPasswords: pulumi.secret(passwordsIn(settings["docker"])),
  };
}

function passwordsIn(docker: unknown): Record<string, string> {
  const parsed = registries.safeParse(docker);
  return parsed.success ? Object.fromEntries(parsed.data.registries.map(({ address, password }) => [address, password])) : {};
}

/**
 * What a stack says of the catalogue, for the schema to refuse: a stage that brought stages of its own
 * could skip the others.
 */
function stackOwn(project: string): Record<string, unknown> {
  const path = join(pulumi.getRootDirectory(), `Pulumi.${pulumi.getStack()}.yaml`);
  if (!existsSync(path)) return {};
  const file = stackFile.safeParse(parse(readFileSync(path, "utf8")));
  const own = file.success ? (file.data.config?.[`${project}:catalog`] ?? file.data.config?.["catalog"]) : undefined;
  return own === undefined ? {} : { catalog: own };
}

/** Text that is no JSON stays text, for the schema to refuse. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
