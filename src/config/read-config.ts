import { z } from "zod";
import type { Fault } from "../model/fault.ts";
import * as pulumi from "../pulumi.ts";
import type { RawConfig } from "./parse.ts";

/** Keys whose value is text; every other is JSON. */
const TEXT_KEYS = new Set(["target", "testerSecret"]);

/** Reads the project's config as Pulumi hands it to the program, and the tester secret as a secret. */
export function readConfig(): { readonly raw: RawConfig; readonly testerSecret: pulumi.Output<string> | null; readonly faults: readonly Fault[] } {
  const config = new pulumi.Config();
  const prefix = `${config.name}:`;
  const settings: Record<string, unknown> = {};
  const plainKeys: string[] = [];
  const faults: Fault[] = [];
  const secretKeys = new Set(z.array(z.string()).parse(JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] || "[]")));
  for (const [fullKey, text] of Object.entries(pulumi.allConfig())) {
    if (!fullKey.startsWith(prefix)) continue;
    const key = fullKey.slice(prefix.length);
    if (!secretKeys.has(fullKey)) plainKeys.push(key);
    const value = TEXT_KEYS.has(key) ? text : parseJson(text);
    if (value === undefined)
      faults.push({
        path: key,
        found: `is the text ${JSON.stringify(text)}`,
        allowed: "an object",
        wayOut: `pulumi config rm ${key}, then set the entries below it with --path`,
      });
    else settings[key] = value;
  }
  const { catalog, ...rest } = settings;
  return {
    raw: { stage: pulumi.getStack(), catalog, settings: rest, plainKeys },
    testerSecret: config.getSecret("testerSecret") ?? null,
    faults,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
