import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { withConfig } from "../../src/operations/stack-file.ts";

const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()) });

/** Writes settings of a stage as a person does in its file; one that is null goes. */
export async function writeSettings(root: string, stage: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const path = join(root, `Pulumi.${stage}.yaml`);
  const text = await readFile(path, "utf8");
  const { config } = stackFile.parse(parse(text));
  const changed = { ...config, ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`sluice:${key}`, value])) };
  await writeFile(path, withConfig(text, Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== null))));
}

/** The config of a stage's file, by keys with their namespace. */
export async function readSettings(root: string, stage: string): Promise<Readonly<Record<string, unknown>>> {
  return stackFile.parse(parse(await readFile(join(root, `Pulumi.${stage}.yaml`), "utf8"))).config;
}
