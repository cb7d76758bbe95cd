import { resolve } from "node:path";
import { z } from "zod/mini";
import type { EngineAddress } from "../model/docker-target.ts";
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
      return localSite(resolve(project.root, stageFolder(stage, target)), edgesOf(target));
    case "docker":
      return docker(project, stage, { folder: stageFolder(stage, target), edges: edgesOf(target), engine: target.engine });
    case "kubernetes":
      return kubernetes(project, stage, target);
    default:
      return target satisfies never;
  }
}

const nullable = z._default(z.nullable(z.string()), null);
const machineSchema = z.looseObject({ adminPort: z.number(), api: nullable, directory: nullable, host: nullable, certPath: nullable });
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
  const { adminPort, api, directory, certPath } = place.data;
  const folder = directory ?? stageFolder(stage, null);
  const edges: readonly Edge[] = [{ name: key, url: null, api: (key === "docker" ? api : null) ?? `http://127.0.0.1:${adminPort}` }];
  // The key `host` of the local target is where its Traefik takes requests.
  return key === "docker"
    ? docker(project, stage, { folder, edges, engine: { host: place.data.host, certPath } })
    : localSite(resolve(project.root, folder), edges);
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

async function docker(
  project: Project,
  stage: string,
  { folder, edges, engine }: { folder: string; edges: readonly Edge[]; engine: EngineAddress },
): Promise<Site> {
  const { dockerSite } = await import("./docker/site.ts");
  return dockerSite({ project: project.name, stage, folder: resolve(project.root, folder), edges, engine });
}

/** Its client takes time to load, which no other target has to wait for. */
async function kubernetes(project: Project, stage: string, place: KubernetesPlace): Promise<Site> {
  const { kubernetesSite } = await import("./kubernetes/site.ts");
  return kubernetesSite(project, stage, place);
}
