import { Ajv } from "ajv";
import { parse } from "yaml";
import { z } from "zod";
import { stageFileSchema } from "../../../src/config/generate.ts";
import { parseConfig } from "../../../src/config/parse.ts";
import type { Fault } from "../../../src/model/fault.ts";
import { type Block, readPage } from "./page.ts";

const STAGE = "staging";
const record = z.record(z.string(), z.unknown());
const stageFile = z.strictObject({ config: record });
const projectFile = z.looseObject({ config: z.looseObject({ "sluice:catalog": z.looseObject({ value: record }) }) });

/** What a block that shows a part of one is laid over: a stage with the least that its target needs. */
const LEAST = {
  docker: { "sluice:target": "docker", "sluice:docker": { port: 80, adminPort: 8301, services: imageOf("voice-api", "billing-api") } },
  kubernetes: {
    "sluice:target": "kubernetes",
    "sluice:kubernetes": { namespace: "voice", clusters: { eu: { context: "eu" } }, services: imageOf("voice-api", "billing-api") },
  },
} as const;

/**
 * What is wrong with a block of config, by the schema of its file and by the rules that `pulumi up` asks. By its mark it
 * is a part of the `catalog`, of a `stage` as committed, or of a stage on `docker` or `kubernetes`. A password is set by
 * a command, and so may be missing. @throws Error where the mark says something else
 */
export function configFaults({ lines, mark }: Block): string[] {
  const shown: unknown = parse(lines.join("\n"));
  const of = mark?.kind === "config" ? mark.of : "";
  switch (of) {
    case "catalog":
      return rulesFaults(merge(committedCatalog(), shown), committedStage());
    case "stage":
      return [...formFaults(shown), ...rulesFaults(committedCatalog(), merge(committedStage(), stageFile.parse(shown).config))];
    case "docker":
    case "kubernetes":
      return [...formFaults(shown), ...rulesFaults(committedCatalog(), merge(LEAST[of], stageFile.parse(shown).config))];
    default:
      throw new Error(`a block of config is of catalog, stage, docker or kubernetes, not of ${of}`);
  }
}

/** Editors go by the JSON Schema, in which only a whole file can be required to have a key. */
function formFaults(file: unknown): string[] {
  const validate = new Ajv({ strict: false, formats: { date: true }, allErrors: true }).compile(stageFileSchema());
  validate(file);
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== "required" && keyword !== "if")
    .map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

function rulesFaults(catalog: unknown, config: unknown): string[] {
  const settings = Object.fromEntries(
    Object.entries(record.parse(config)).flatMap(([key, value]) => (key.startsWith("sluice:") ? [[key.slice(7), value]] : [])),
  );
  const parsed = parseConfig({ stage: STAGE, catalog, settings, plainKeys: [], secretPaths: [] });
  return parsed.ok ? [] : parsed.faults.filter((fault) => !isUnsetPassword(fault)).map(({ path, found, allowed }) => `${path} ${found}; allowed: ${allowed}`);
}

function isUnsetPassword({ path, found }: Fault): boolean {
  return path.endsWith(".password") && found === "is missing";
}

function committedCatalog(): unknown {
  return projectFile.parse(parse(readPage("Pulumi.yaml"))).config["sluice:catalog"].value;
}

function committedStage(): unknown {
  return z.looseObject({ config: record }).parse(parse(readPage(`Pulumi.${STAGE}.yaml`))).config;
}

/** Lays one value over another, key by key. */
function merge(under: unknown, over: unknown): unknown {
  const [lower, upper] = [record.safeParse(under), record.safeParse(over)];
  if (!lower.success || !upper.success) return over;
  return Object.fromEntries(
    [...new Set([...Object.keys(lower.data), ...Object.keys(upper.data)])].map((key) => [
      key,
      Object.hasOwn(upper.data, key) ? merge(lower.data[key], upper.data[key]) : lower.data[key],
    ]),
  );
}

function imageOf(...services: readonly string[]): Record<string, { image: string }> {
  return Object.fromEntries(services.map((service) => [service, { image: "registry.example/shop:1" }]));
}
