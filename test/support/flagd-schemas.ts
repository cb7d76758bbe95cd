import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../src/setup/places.ts";

const FILES = ["flags.json", "targeting.json"];

/** The schemas that flagd publishes, from Sluice's cache or their own site; null where neither has them. */
export async function flagdSchemas(): Promise<readonly object[] | null> {
  const folder = join(cacheFolder(), "flagd-schema-v0");
  const schemas: object[] = [];
  for (const file of FILES) {
    const text = (await readFile(join(folder, file), "utf8").catch(() => null)) ?? (await download(file));
    if (text === null) return null;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, file), text);
    const schema: unknown = JSON.parse(text);
    if (typeof schema !== "object" || schema === null) return null;
    schemas.push(schema);
  }
  return schemas;
}

async function download(file: string): Promise<string | null> {
  const response = await fetch(`https://flagd.dev/schema/v0/${file}`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
  return response?.ok === true ? response.text() : null;
}
