import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readProject } from "../src/operations/project.ts";
import { readCurrentCheckpoint, resourceName } from "../src/operations/state-files.ts";
import { makeProgram } from "./empty-program.ts";

/** The providers whose resources a person would write, the first that a stage has any of. */
const PROVIDERS = ["kubernetes:", "sluice-local:"];

const PROGRAM = `import { readFileSync } from "node:fs";
import { CustomResource } from "@pulumi/pulumi/resource.js";

for (const { type, name, inputs } of JSON.parse(readFileSync("resources.json", "utf8"))) new CustomResource(type, name, inputs);
`;

/** A program that has the resources of a stage with the same inputs, and works none of them out: what the engine alone takes. */
export interface WrittenByHand {
  readonly root: string;
  /**
   * Takes over the resources that a stage `dev` has now.
   * @param places what else has to be another in their inputs, old to new
   * @returns how many they are
   */
  take(stage: string, places?: Readonly<Record<string, string>>): Promise<number>;
  remove(): Promise<void>;
}

export async function makeWrittenByHand(): Promise<WrittenByHand> {
  const root = await makeProgram("by-hand", PROGRAM);
  return {
    root,
    async take(stage, places = {}) {
      const { resources } = await readCurrentCheckpoint(await readProject(stage), "dev");
      const provider = PROVIDERS.find((prefix) => resources.some(({ type }) => type.startsWith(prefix))) ?? "";
      const taken = resources.filter(({ type }) => type.startsWith(provider)).map(({ urn, type, inputs }) => ({ type, name: resourceName(urn), inputs }));
      const text = Object.entries({ [stage]: root, ...places }).reduce((json, [old, now]) => json.replaceAll(old, now), JSON.stringify(taken));
      await writeFile(join(root, "resources.json"), text);
      return taken.length;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
