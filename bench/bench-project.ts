import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { writeProjectFile } from "../src/operations/demo/scratch-project.ts";
import { HOME } from "../test/support/project.ts";
import { catalogOf } from "./many-services.ts";

/** The bench changes the flag of the first service between these: one bucket moves. */
export const EXPOSURES = [25, 50] as const;

/** Makes a project of services that get a request header for each of their flags. @returns its folder, in which no stage has a file yet */
export async function makeBenchProject(name: string, services: readonly string[], flags: number): Promise<string> {
  const root = join(HOME, ".sluice", "tests", `${name}-${process.pid}-${services.length}`);
  await rm(root, { recursive: true, force: true });
  await mkdir(join(root, ".state"), { recursive: true });
  const catalog = catalogOf(services, flags, (service) => ({ rule: `PathPrefix(\`/${service}\`)`, delivery: "header" }));
  await writeFile(join(root, "catalog.yaml"), stringify(catalog));
  await writeProjectFile(HOME, root, { file: "catalog.yaml" });
  return root;
}
