import { resolve } from "node:path";
import { z } from "zod/mini";
import { adminUrl, documentsFolder } from "../model/settings.ts";
import { OperationError } from "./errors.ts";
import type { Update } from "./history.ts";
import type { Project, StackFile } from "./project-file.ts";

/** Where a stage is: its folder of documents, and the API of its Traefik. */
export interface Places {
  readonly folder: string;
  readonly admin: string;
}

const localSchema = z.looseObject({ adminPort: z.number(), directory: z._default(z.nullable(z.string()), null) });

/**
 * Where a stage is by its config, even if the rest of its settings cannot be used.
 * @throws OperationError when the config does not say
 */
export function placesOf(project: Project, stage: string, { path, config }: Pick<StackFile, "path" | "config">): Places {
  const local = localSchema.safeParse(config[`${project.name}:local`]);
  if (!local.success) {
    throw new OperationError(
      "config",
      `${path} does not say where the stage is (${project.name}:local.adminPort). Put the file back from version control, then run this again.`,
    );
  }
  const { adminPort, directory } = local.data;
  return {
    folder: resolve(project.root, documentsFolder({ stage, local: { host: "", port: 0, adminPort, workloadPorts: {}, directory } })),
    admin: adminUrl({ adminPort }),
  };
}

/** Where a stage is: by its stack file, or as it was deployed where that cannot be used; null where neither says. */
export function findPlaces(project: Project, stage: string, stackFile: StackFile | null, deployed: Update | undefined): Places | null {
  const sources = [...(stackFile === null ? [] : [stackFile]), ...(deployed === undefined ? [] : [{ path: deployed.checkpointPath, config: deployed.config }])];
  for (const source of sources) {
    try {
      return placesOf(project, stage, source);
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
    }
  }
  return null;
}
