import { resolve } from "node:path";
import { z } from "zod/mini";
import { type Edge, edgesOf, stageFolder, type Target } from "../model/target.ts";
import { OperationError } from "./errors.ts";
import type { Update } from "./history.ts";
import type { KubernetesPlace } from "./kubernetes/place.ts";
import { localSite } from "./local-site.ts";
import type { Project, StackFile } from "./project-file.ts";
import type { Site } from "./site.ts";

/** Where a stage runs by its model. */
export async function siteOf(project: Project, stage: string, target: Target): Promise<Site> {
  switch (target.kind) {
    case "local":
    case "docker":
      return localSite(resolve(project.root, stageFolder(stage, target)), edgesOf(target));
    case "kubernetes":
      return kubernetes(project, stage, target);
    default:
      return target satisfies never;
  }
}

const nullable = z._default(z.nullable(z.string()), null);
const machineSchema = z.looseObject({ adminPort: z.number(), api: nullable, directory: nullable });
const kubernetesSchema = z.looseObject({
  namespace: z.string(),
  wait: z._default(z.boolean(), true),
  clusters: z.record(z.string(), z.looseObject({ context: z.string(), kubeconfig: nullable, id: nullable, url: nullable, api: nullable })),
});

/**
 * Where a stage runs by its config, even if the rest of its settings cannot be used.
 * @throws OperationError when the config does not say
 */
export async function siteFromConfig(project: Project, stage: string, { path, config }: Pick<StackFile, "path" | "config">): Promise<Site> {
  const said = (key: string): unknown => config[`${project.name}:${key}`];
  const kind = said("target") ?? "local";
  const unsaid = (missing: string): OperationError =>
    new OperationError(
      "config",
      `${path} does not say where the stage is (${project.name}:${missing}). Put the file back from version control, then run this again.`,
    );
  if (kind === "kubernetes") {
    const place = kubernetesSchema.safeParse(said("kubernetes"));
    if (!place.success) throw unsaid("kubernetes.namespace and clusters");
    return kubernetes(project, stage, place.data);
  }
  const key = kind === "docker" ? "docker" : "local";
  const place = machineSchema.safeParse(said(key));
  if (!place.success) throw unsaid(`${key}.adminPort`);
  const { adminPort, api, directory } = place.data;
  const edge: Edge = { name: key, url: null, api: api ?? `http://127.0.0.1:${adminPort}` };
  return localSite(resolve(project.root, directory ?? stageFolder(stage, null)), [edge]);
}

/** Where a stage runs: by its stack file, or as it was deployed where that cannot be used; null where neither says. */
export async function findSite(project: Project, stage: string, stackFile: StackFile | null, deployed: Update | undefined): Promise<Site | null> {
  const sources = [...(stackFile === null ? [] : [stackFile]), ...(deployed === undefined ? [] : [{ path: deployed.checkpointPath, config: deployed.config }])];
  for (const source of sources) {
    try {
      return await siteFromConfig(project, stage, source);
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
    }
  }
  return null;
}

/** Its client takes time to load, which no other target has to wait for. */
async function kubernetes(project: Project, stage: string, place: KubernetesPlace): Promise<Site> {
  const { kubernetesSite } = await import("./kubernetes/site.ts");
  return kubernetesSite(project, stage, place);
}
