import type { EngineAddress } from "../../model/docker-target.ts";
import type { Edge } from "../../model/target.ts";
import { type ListedContainer, listContainers } from "../../net/docker/containers.ts";
import { openEngine } from "../../net/docker/engine.ts";
import type { CanCarry } from "../kill/fast-path.ts";
import { localSite } from "../local-site.ts";
import type { Site } from "../site.ts";
import { findContainerDrift } from "./container-drift.ts";

/** What has to be known of a stage on Docker to find it. */
export interface DockerPlace {
  readonly project: string;
  readonly stage: string;
  /** The folder of its documents. */
  readonly folder: string;
  readonly edges: readonly Edge[];
  readonly engine: EngineAddress;
}

/** A stage on a Docker engine: documents in a folder, containers with its labels. */
export function dockerSite({ project, stage, folder, edges, engine }: DockerPlace): Site {
  const labels = { "sluice.project": project, "sluice.stage": stage };
  const look = async (): Promise<ListedContainer[]> => {
    const open = await openEngine(engine);
    try {
      return await listContainers(open, labels);
    } finally {
      open.close();
    }
  };
  const documents = localSite(folder, edges, carriersOf(look));
  return {
    ...documents,
    async findDrift(checkpoint) {
      const [files, containers] = await Promise.all([documents.findDrift(checkpoint), findContainerDrift(checkpoint, look)]);
      return [...files, ...containers];
    },
  };
}

/**
 * A variant can take visitors while one of its containers is healthy: Traefik leaves out those that do not answer.
 * Where the engine says nothing, those that an update has seen healthy count as they were: a kill waits for no engine.
 */
function carriersOf(look: () => Promise<readonly ListedContainer[]>): CanCarry {
  let healthy: Promise<ReadonlySet<string> | null> | null = null;
  const ask = async (): Promise<ReadonlySet<string> | null> => {
    const containers = await look().catch(() => null);
    if (containers === null) return null;
    return new Set(containers.filter(({ running, health }) => running && health === "healthy").flatMap(({ labels }) => labels["sluice.alias"] ?? []));
  };
  return async (urls) => {
    healthy ??= ask();
    const aliases = await healthy;
    return aliases === null ? urls.length > 0 : urls.some((url) => aliases.has(new URL(url).hostname));
  };
}
