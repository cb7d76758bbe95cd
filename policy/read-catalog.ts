import { z } from "zod";
import { OperationError } from "../src/operations/errors.ts";
import { fromOwnFile } from "../src/operations/own-files.ts";
import { readProject } from "../src/operations/project-file.ts";

/** The catalogue as the project's files have it, as far as policies ask, whatever Sluice itself thinks of the rest. */
const catalogSchema = z.object({
  stages: z.array(z.string()),
  flags: z.record(z.string(), z.object({ owner: z.string().optional(), expires: z.string().optional() })),
});

/**
 * The engine gives a pack no config of the stack, so the files are read.
 * @param root folder of the project
 * @throws OperationError where there is no catalogue, saying what is amiss with it
 */
export async function readCatalog(root: string): Promise<z.infer<typeof catalogSchema>> {
  const project = await readProject(root);
  const parsed = catalogSchema.safeParse(fromOwnFile(project.root, "catalog", project.catalog));
  if (parsed.success) return parsed.data;
  throw new OperationError("config", `The catalogue of ${root} cannot be used by the policies:\n${z.prettifyError(parsed.error)}`);
}
