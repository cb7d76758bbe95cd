import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Cluster } from "./cluster.ts";

/** Makes a stage of a test project run in a cluster. @param more keys beside those that every stage needs */
export async function moveToCluster(
  root: string,
  stage: string,
  cluster: Cluster,
  namespace: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const service = { image: "registry.example/service:1", replicas: 1, drain: "1s" };
  await editStage(root, stage, {
    "sluice:target": "kubernetes",
    "sluice:kubernetes": {
      namespace,
      // Cluster IPs are addresses of loopback; those of the pods lead nowhere.
      nativeLB: true,
      clusters: {
        main: {
          context: cluster.name,
          kubeconfig: cluster.kubeconfig,
          ...(cluster.traefik === null ? {} : { url: cluster.traefik.url, api: cluster.traefik.admin }),
        },
      },
      services: { "voice-api": service, "billing-api": service },
      ...more,
    },
  });
}

/** Changes keys of a stage's file; those that are undefined go. */
export async function editStage(root: string, stage: string, keys: Readonly<Record<string, unknown>>): Promise<void> {
  const path = join(root, `Pulumi.${stage}.yaml`);
  const file: { config: Record<string, unknown> } = parse(await readFile(path, "utf8"));
  await writeFile(path, stringify({ ...file, config: { ...file.config, ...keys } }, { aliasDuplicateObjects: false }));
}
