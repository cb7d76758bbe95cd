import { basename } from "node:path";
import { flagdPath, traefikPath } from "../../files/stage-folder.ts";
import { carrierOf, type EngineAddress, isHere, stageLabels } from "../../model/docker-target.ts";
import type { Edge } from "../../model/target.ts";
import { type ListedContainer, listContainers } from "../../net/docker/containers.ts";
import { type DockerEngine, openEngine } from "../../net/docker/engine.ts";
import { putFile } from "../../net/docker/put-file.ts";
import type { FindCarriers } from "../kill/fast-path.ts";
import { localSite } from "../local-site.ts";
import type { Site } from "../site.ts";
import { findContainerDrift } from "./container-drift.ts";

/** The names of the documents. */
const FILES = { traefik: basename(traefikPath("")), flagd: basename(flagdPath("")) };

/** Milliseconds that an engine has to answer: a kill waits for it. */
const ANSWER_LIMIT = 2_000;

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
  const labels = stageLabels(project, stage);
  const ask = async <T>(task: (open: DockerEngine) => Promise<T>): Promise<T> => {
    const open = await openEngine(engine, ANSWER_LIMIT);
    try {
      return await task(open);
    } finally {
      open.close();
    }
  };
  const look = (): Promise<ListedContainer[]> => ask((open) => listContainers(open, labels));
  const documents = localSite(folder, edges, {
    findCarriers: healthyAmong(look),
    anew: `docker restart ${project}-${stage}-traefik`,
    async publish(document, text, mode) {
      if (isHere(engine.host)) return;
      await ask((open) => putFile(open, carrierOf(`${project}-${stage}`, document), FILES[document], text, mode));
    },
  });
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
function healthyAmong(look: () => Promise<readonly ListedContainer[]>): FindCarriers {
  return async (addresses) => {
    const containers = await look().catch(() => null);
    if (containers === null) return new Set(addresses.keys());
    const healthy = new Set(containers.filter(({ running, health }) => running && health === "healthy").map(({ labels }) => labels["sluice.alias"]));
    return new Set([...addresses].filter(([, urls]) => urls.some((url) => healthy.has(new URL(url).hostname))).map(([name]) => name));
  };
}
