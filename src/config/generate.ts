import { z } from "zod";
import { OWN_FILE_KEYS } from "./read-own-file.ts";
import { catalogSchema, stageSchema } from "./schema.ts";

type Json = z.core.JSONSchema._JSONSchema;
type JsonObject = z.core.JSONSchema.BaseSchema;

const DRAFT = "http://json-schema.org/draft-07/schema#";
/** The namespace of our keys: the name of the Pulumi project. */
const NAMESPACE = "sluice";

/** JSON Schema of a stack file `Pulumi.<stage>.yaml`, for editors. */
export function stageFileSchema(): object {
  const keys = Object.entries(properties(asJson(stageSchema))).map(([key, schema]): [string, unknown] => [
    `${NAMESPACE}:${key}`,
    key === "testerSecret" || key === "webhook" ? secretOf(schema) : orOwnFile(key, withSecretPasswords(schema)),
  ]);
  return {
    $schema: DRAFT,
    title: "A stage of Sluice",
    type: "object",
    properties: {
      config: { type: "object", properties: Object.fromEntries(keys), patternProperties: { [`^(?!${NAMESPACE}:)`]: {} }, additionalProperties: false },
    },
  };
}

/** JSON Schema of the project file `Pulumi.yaml`, as far as Sluice reads it. */
export function projectFileSchema(): object {
  const value = orOwnFile("catalog", asJson(catalogSchema));
  return {
    $schema: DRAFT,
    title: "A project of Sluice",
    type: "object",
    required: ["name", "config"],
    properties: {
      config: {
        type: "object",
        required: [`${NAMESPACE}:catalog`],
        properties: { [`${NAMESPACE}:catalog`]: { type: "object", required: ["value"], properties: { value } } },
      },
    },
  };
}

/** The tables of docs/configuration.md: every key with what it takes, its default and its meaning. */
export function configurationTables(): string {
  return [
    "### The catalogue: `sluice:catalog` in `Pulumi.yaml`",
    "",
    table(rows("", asJson(catalogSchema))),
    "",
    "### A stage: `Pulumi.<stage>.yaml`",
    "",
    "Each key carries the namespace `sluice:` in the file; `pulumi config set` adds it.",
    "",
    table(rows("", asJson(stageSchema))),
  ].join("\n");
}

function asJson(schema: z.ZodType): JsonObject {
  const json = z.toJSONSchema(schema, { io: "input", target: "draft-7" });
  delete json.$schema;
  return json;
}

/** What may stand in a file of its own may also be its path. As a condition, and no choice: an editor's complaint then is of the form that was meant. */
function orOwnFile(key: string, schema: unknown): unknown {
  if (!OWN_FILE_KEYS.has(key)) return schema;
  const file = { description: "A YAML file that has the value, from the folder of the project", type: "string" };
  return { if: { required: ["file"] }, then: { type: "object", properties: { file }, additionalProperties: false }, else: schema };
}

/** A secret stands encrypted in the file. */
function secretOf(schema: Json): object {
  return {
    description: typeof schema === "object" ? schema.description : "",
    type: "object",
    properties: { secure: { type: "string" } },
    required: ["secure"],
  };
}

/** A schema in which each property `password` is a secret. */
function withSecretPasswords(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withSecretPasswords);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, inner]: [string, Json]) => [key, key === "password" ? secretOf(inner) : withSecretPasswords(inner)]),
  );
}

function properties(schema: Json): Record<string, Json> {
  return typeof schema === "object" ? (schema.properties ?? {}) : {};
}

type Row = readonly [path: string, takes: string, standard: string, meaning: string];

/** The rows of a schema's own keys, then of what stands below them; `<name>` stands for a name that a person chooses. */
function rows(path: string, schema: Json): Row[] {
  if (typeof schema !== "object") return [];
  const below = Object.entries(properties(schema)).flatMap(([key, inner]): Row[] => {
    const full = path === "" ? key : `${path}.${key}`;
    if (typeof inner !== "object") return [];
    const required = schema.required?.includes(key) === true;
    return [
      [full, takes(inner), inner.default === undefined ? (required ? "required" : "none") : `\`${JSON.stringify(inner.default)}\``, inner.description ?? ""],
      ...(isChoice(inner) ? rowsOfNamed(full, inner) : rows(full, inner)),
    ];
  });
  const named = schema.additionalProperties === undefined ? [] : rowsOfNamed(`${path}.<name>`, schema.additionalProperties);
  const items = schema.items === undefined || Array.isArray(schema.items) ? [] : rowsOfNamed(`${path}[]`, schema.items);
  return [...below, ...named, ...items];
}

/** Whether one of several forms may stand there, of which one is an object. */
function isChoice(schema: JsonObject): boolean {
  return schema.anyOf?.some((branch) => typeof branch === "object" && branch.properties !== undefined) === true;
}

function rowsOfNamed(path: string, schema: Json): Row[] {
  if (typeof schema !== "object") return [];
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches === undefined) return rows(path, schema);
  return branches.flatMap((branch): Row[] => (typeof branch === "object" ? [[path, takes(branch), "", branch.description ?? ""], ...rows(path, branch)] : []));
}

function takes(schema: Json): string {
  if (typeof schema !== "object") return "anything";
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(" or ");
  if (schema.type === "array") return `list of ${typeof schema.items === "object" && !Array.isArray(schema.items) ? takes(schema.items) : "anything"}`;
  const range = [
    schema.minimum === undefined ? "" : `from ${schema.minimum}`,
    schema.maximum === undefined || schema.maximum > 1e15 ? "" : `to ${schema.maximum}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
  return `${String(schema.type ?? "see below")}${range === "" ? "" : ` ${range}`}`;
}

function table(lines: readonly Row[]): string {
  const escape = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
  return [
    "| key | takes | default | meaning |",
    "| --- | --- | --- | --- |",
    ...lines.map(([path, ...rest]) => `| \`${path}\` | ${rest.map(escape).join(" | ")} |`),
  ].join("\n");
}
