import { parse } from "yaml";
import { z } from "zod";
import type { Model } from "../../config/parse.ts";
import { modelOf, type Project, stagesOf } from "../project.ts";

/** What the files under version control say. */
export interface Committed {
  /** By stage, in the order of the catalogue. */
  readonly models: ReadonlyMap<string, Model>;
  /** The model of the first stage: its catalogue is everyone's. */
  readonly first: Model;
}

const projectFile = z.looseObject({ name: z.string(), config: z.record(z.string(), z.looseObject({ value: z.unknown() })) });
const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()) });

/**
 * Reads catalogue and stages from the texts of their files.
 * @param read gives the text of a file of the project
 * @throws OperationError when they cannot be used
 */
export function readCommitted(read: (path: string) => string): Committed {
  const { name, config } = projectFile.parse(parse(read("Pulumi.yaml")));
  const project: Project = { root: ".", name, backendUrl: null, catalog: config[`${name}:catalog`]?.value };
  const models = new Map(
    stagesOf(project).map((stage) => [stage, modelOf(project, stage, stackFile.parse(parse(read(`Pulumi.${stage}.yaml`))).config)] as const),
  );
  const [first] = models.values();
  if (first === undefined) throw new Error("a catalogue has at least one stage");
  return { models, first };
}
