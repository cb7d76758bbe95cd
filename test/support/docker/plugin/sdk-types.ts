import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import ts from "typescript";

/** What an argument may be. */
type Shape =
  | { readonly kind: "string" | "number" | "boolean" }
  | { readonly kind: "list"; readonly of: Shape }
  | { readonly kind: "map"; readonly of: Shape }
  | { readonly kind: "object"; readonly name: string };

interface Property {
  readonly shape: Shape;
  readonly required: boolean;
}

type Properties = ReadonlyMap<string, Property>;

const require = createRequire(import.meta.url);

/** Checks arguments against the types of the SDK as it is installed. */
export class SdkTypes {
  readonly #nested = interfacesIn("@pulumi/docker/types/input.d.ts");

  /** What is wrong with the arguments of a resource; empty where nothing is. @param file the SDK's module, such as `container` */
  faultsOf(file: string, argsType: string, args: unknown): string[] {
    const properties = interfacesIn(`@pulumi/docker/${file}.d.ts`).get(argsType);
    if (properties === undefined) throw new Error(`the SDK has no ${argsType}`);
    return this.#objectFaults(argsType, properties, args);
  }

  #objectFaults(path: string, properties: Properties, value: unknown): string[] {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path} is ${JSON.stringify(value)}, no object`];
    const given = new Map(Object.entries(value).filter(([key]) => key !== "__defaults"));
    const unknown = [...given.keys()].filter((key) => !properties.has(key)).map((key) => `${path} has no argument ${key}`);
    const missing = [...properties].filter(([key, { required }]) => required && !given.has(key)).map(([key]) => `${path}.${key} is missing`);
    const wrong = [...given].flatMap(([key, inner]) => {
      const property = properties.get(key);
      return property === undefined ? [] : this.#faults(`${path}.${key}`, property.shape, inner);
    });
    return [...unknown, ...missing, ...wrong];
  }

  #faults(path: string, shape: Shape, value: unknown): string[] {
    if (value === UNKNOWN) return [];
    switch (shape.kind) {
      case "list":
        return Array.isArray(value) ? value.flatMap((inner, index) => this.#faults(`${path}[${index}]`, shape.of, inner)) : [`${path} is no list`];
      case "map":
        if (typeof value !== "object" || value === null) return [`${path} is no map`];
        return Object.entries(value).flatMap(([key, inner]) => this.#faults(`${path}.${key}`, shape.of, inner));
      case "object": {
        const properties = this.#nested.get(shape.name);
        return properties === undefined ? [`the SDK has no type ${shape.name}`] : this.#objectFaults(path, properties, value);
      }
      default:
        return typeof value === shape.kind ? [] : [`${path} is ${JSON.stringify(value)}, no ${shape.kind}`];
    }
  }
}

/** Stands for a value that is not known before the update; fixed by Pulumi's wire format. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function interfacesIn(file: string): Map<string, Properties> {
  const path = require.resolve(file);
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  return new Map(source.statements.filter((statement) => ts.isInterfaceDeclaration(statement)).map(({ name, members }) => [name.text, propertiesOf(members)]));
}

function propertiesOf(members: ts.NodeArray<ts.TypeElement>): Properties {
  return new Map(
    members.flatMap((member) => {
      if (!ts.isPropertySignature(member) || member.type === undefined || !ts.isIdentifier(member.name)) return [];
      return [[member.name.text, { shape: shapeOf(member.type), required: member.questionToken === undefined }] as const];
    }),
  );
}

function shapeOf(type: ts.TypeNode): Shape {
  if (type.kind === ts.SyntaxKind.StringKeyword) return { kind: "string" };
  if (type.kind === ts.SyntaxKind.NumberKeyword) return { kind: "number" };
  if (type.kind === ts.SyntaxKind.BooleanKeyword) return { kind: "boolean" };
  if (ts.isArrayTypeNode(type)) return { kind: "list", of: shapeOf(type.elementType) };
  if (ts.isUnionTypeNode(type)) {
    const [only, ...others] = type.types.filter((part) => part.kind !== ts.SyntaxKind.UndefinedKeyword);
    if (only !== undefined && others.length === 0) return shapeOf(only);
  }
  if (ts.isTypeLiteralNode(type)) {
    const [member] = type.members;
    if (member !== undefined && ts.isIndexSignatureDeclaration(member)) return { kind: "map", of: shapeOf(member.type) };
  }
  if (ts.isTypeReferenceNode(type) && ts.isQualifiedName(type.typeName)) {
    const [inner] = type.typeArguments ?? [];
    // `pulumi.Input<T>` may be a T; `inputs.Name` is one of the nested types.
    return inner === undefined ? { kind: "object", name: type.typeName.right.text } : shapeOf(inner);
  }
  throw new Error(`the types of the SDK have a form that the stand-in does not know: kind ${type.kind}`);
}
