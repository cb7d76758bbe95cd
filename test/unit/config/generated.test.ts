import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectFileSchema, stageFileSchema } from "../../../src/config/generate.ts";
import { generatedFiles } from "../../../src/config/generated-files.ts";
import { generatedDocuments } from "../../../src/operations/documents/generated-documents.ts";
import { HOME } from "../../support/project.ts";

const read = (path: string): string => readFileSync(join(HOME, path), "utf8");

describe("what follows from schemas, catalogue and stages", () => {
  it.each(Object.entries({ ...generatedFiles(read), ...generatedDocuments(read) }))("%s is up to date (npm run generate)", (path, text) => {
    expect(read(path)).toBe(text);
  });
});

describe("the committed files", () => {
  const ajv = new Ajv({ strict: false, formats: { date: true } });
  it.each(["dev", "staging", "production"])("Pulumi.%s.yaml names its schema, and is valid by it", (stage) => {
    const text = read(`Pulumi.${stage}.yaml`);
    expect(text).toContain("# yaml-language-server: $schema=./schema/stage.schema.json");
    const validate = ajv.compile(stageFileSchema());
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
    expect(parse(text).config["sluice:flags"]).toEqual({ ELEVENLABS_AGENT_ENABLED: false });
  });

  it("Pulumi.yaml is valid by its schema", () => {
    const validate = ajv.compile(projectFileSchema());
    expect(validate(parse(read("Pulumi.yaml"))), JSON.stringify(validate.errors)).toBe(true);
  });

  it("a misspelt key is not", () => {
    expect(ajv.compile(stageFileSchema())({ config: { "sluice:flag": {} } })).toBe(false);
  });
});
