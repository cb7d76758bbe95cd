import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { z } from "zod";
import type { Cluster } from "../test/support/cluster/cluster.ts";
import { makeBenchProject } from "./bench-project.ts";
import { serviceNames } from "./many-services.ts";

/** Where the bucket is led that moves between the exposures of the bench. */
export const CHANGED_SLOT = "service-0.bucket-4";

/** A project with one stage `dev` of many services. */
export interface BenchStage {
  readonly root: string;
  /** Writes the stage's file. @param output a folder for rendered files, in the project; the cluster itself, when left out */
  configure(exposure: number, output?: string): Promise<void>;
  remove(): Promise<void>;
}

/** Services that Sluice deploys, each with a flag of its own that is off, but for one whose flag is on in part. */
export async function makeBenchStage(
  cluster: Cluster,
  count: number,
  namespaces: { readonly applied: string; readonly rendered: string },
): Promise<BenchStage> {
  const names = serviceNames(count);
  const root = await makeBenchProject("kubernetes", names, count);
  const service = { image: "registry.example/no-process:1", replicas: 1, drain: "0s" };
  return {
    root,
    async configure(exposure, output) {
      const kubernetes = {
        namespace: output === undefined ? namespaces.applied : namespaces.rendered,
        nativeLB: true,
        clusters: { main: { context: cluster.name, kubeconfig: cluster.kubeconfig } },
        services: Object.fromEntries(names.map((name) => [name, service])),
        ...(output === undefined ? {} : { output }),
      };
      await writeFile(join(root, "kubernetes.yaml"), stringify(kubernetes, { aliasDuplicateObjects: false }));
      const config = { "sluice:target": "kubernetes", "sluice:kubernetes": { file: "kubernetes.yaml" }, "sluice:flags": { FLAG_0: exposure } };
      await writeFile(join(root, "Pulumi.dev.yaml"), stringify({ config }));
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

const named = z.object({ kind: z.string(), metadata: z.object({ name: z.string() }) });

/** Finds the file of one object among rendered ones. @throws Error where there is none */
export async function renderedFile(folder: string, kind: string, name: string): Promise<string> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.includes(name)) continue;
    const path = join(entry.parentPath, entry.name);
    const objects = parseAllDocuments(await readFile(path, "utf8")).map((document) => named.parse(document.toJS()));
    if (objects.some((object) => object.kind === kind && object.metadata.name === name)) return path;
  }
  throw new Error(`no file of ${kind} ${name} in ${folder}`);
}
