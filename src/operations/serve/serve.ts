import { resolve } from "node:path";
import { traefikPath } from "../../files/stage-folder.ts";
import type { Catalog } from "../../model/catalog.ts";
import { edgesOf, type LocalTarget, stageFolder, type Target } from "../../model/target.ts";
import { OperationError } from "../errors.ts";
import { catalogOf, modelOf, type Project, readProject, readStackFile } from "../project.ts";
import type { OnServeEvent } from "./events.ts";
import { requireFreePorts, startTraefik } from "./traefik.ts";
import { runWorkloads } from "./workloads.ts";

export interface Serving {
  /** Ends every process that was started, and waits until they are gone. */
  stop(): Promise<void>;
  /** Resolves with the stage whose Traefik ended by itself. */
  readonly failed: Promise<string>;
}

async function currentCatalog(project: Project): Promise<Catalog> {
  return catalogOf(await readProject(project.root), {});
}

/** @throws OperationError where the stage runs elsewhere */
function requireLocal(stage: string, target: Target): LocalTarget {
  if (target.kind === "local") return target;
  throw new OperationError("config", `${stage} runs on the target ${target.kind}, which serves by itself; sluice serve is for the target local.`);
}

/**
 * Runs Traefik and the workloads of local stages, from what the last `up` wrote. Needs neither engine
 * nor state, so stages go on when these are out of reach.
 * @param binary path of Traefik
 * @throws OperationError when a port is taken or the config is at fault; nothing is left running then
 */
export async function serve(project: Project, stages: readonly string[], binary: string, onEvent: OnServeEvent): Promise<Serving> {
  // What leads to the workloads ends before them.
  const running: { stop(): Promise<void> }[] = [];
  const failed: Promise<string>[] = [];
  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    for (const part of running) await part.stop();
  };
  try {
    for (const stage of stages) {
      const model = modelOf(project, stage, (await readStackFile(project, stage)).config);
      const local = requireLocal(stage, model.settings.target);
      const folder = resolve(project.root, stageFolder(stage, local));
      await requireFreePorts(stage, local);
      // Read anew for each start: a service may have come into the catalogue since.
      const commandOf = async (service: string): Promise<readonly string[]> => {
        const catalog = await currentCatalog(project).catch(() => model.catalog);
        return catalog.services[service]?.command ?? [];
      };
      const workloads = await runWorkloads({ stage, folder: `${folder}/env`, cwd: project.root, commandOf }, onEvent);
      running.push(workloads);
      const traefik = await startTraefik({ stage, binary, local, document: traefikPath(folder), cwd: project.root }, (line) =>
        onEvent({ kind: "output", stage, workload: "traefik", line }),
      );
      running.unshift(traefik);
      failed.push(
        traefik.ended.then((code) => {
          if (!stopping) onEvent({ kind: "traefik-ended", stage, code });
          return stage;
        }),
      );
      for (const { url, api } of edgesOf(local)) onEvent({ kind: "serving", stage, url: url ?? "", admin: api ?? "" });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, failed: Promise.race(failed) };
}
