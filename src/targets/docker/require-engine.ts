import { carrierOf, type DockerTarget, isHere, stageLabels, withoutPassword } from "../../model/docker-target.ts";
import { inspectPlace, listContainers } from "../../net/docker/containers.ts";
import { type DockerEngine, engineHost, openEngine } from "../../net/docker/engine.ts";
import { whyTaken } from "../../net/free-ports.ts";
import { TRAEFIK_FOLDER } from "./traefik-container.ts";

/** What an update is about to do with the engine. */
export interface Intent {
  readonly target: Pick<DockerTarget, "engine" | "bind" | "port" | "adminPort">;
  readonly project: string;
  readonly stage: string;
  /** The folder of the stage on this machine. */
  readonly folder: string;
}

/**
 * Looks at an engine before anything is changed.
 * @returns the names of containers that an earlier update made and never started, other than those that are not to start
 * @throws Error saying why it cannot be used, or why Traefik would be taken away and could not come back
 */
export async function requireEngine(intent: Intent): Promise<string[]> {
  const address = intent.target.engine;
  const host = engineHost(address);
  if (address.host === null && !isHere(host)) {
    throw new Error(
      `DOCKER_HOST is ${withoutPassword(host)}, another machine, and the stage's config does not say so. Set docker.host to it, with docker.url and docker.api, or unset DOCKER_HOST.`,
    );
  }
  const engine = await openEngine(address);
  try {
    const { status } = await engine.ask("GET", "/_ping");
    if (status !== 200) throw new Error(`what answers at ${engine.host} with status ${status} is no Docker engine.`);
    if (isHere(host)) await requirePlace(engine, intent);
    const { project, stage } = intent;
    const { container: carrier } = carrierOf(`${project}-${stage}`, "traefik");
    const found = await listContainers(engine, stageLabels(project, stage));
    return found.filter(({ name, fresh }) => fresh && name !== carrier).map(({ name }) => name);
  } finally {
    engine.close();
  }
}

/** A Traefik is deleted before another takes its place: neither the other's folder nor its ports may turn out to be wrong then. */
async function requirePlace(engine: DockerEngine, { target, project, stage, folder }: Intent): Promise<void> {
  const traefik = `${project}-${stage}-traefik`;
  const there = await inspectPlace(engine, traefik);
  const mounted = there?.mounts[TRAEFIK_FOLDER];
  // Some engines know this machine's folders by a longer path.
  if (mounted !== undefined && !mounted.endsWith(`${folder}/traefik`)) {
    throw new Error(
      `the stage's Traefik, container ${traefik}, reads ${mounted}, and this update would write to ${folder}: Traefik would be replaced, with a pause, and kills that stand there be lost. Run it in the folder of before, or set docker.directory to ${mounted.replace(/\/traefik$/, "")}. To move the stage all the same, with a pause until the update is over: docker rm --force ${traefik}, then pulumi up.`,
    );
  }
  for (const [key, bind] of [["port", target.bind] as const, ["adminPort", "127.0.0.1"] as const]) {
    const port = target[key];
    if (there?.ports.includes(port) === true || (await whyTaken(bind, port)) !== "EADDRINUSE") continue;
    throw new Error(`docker.${key} is ${port}, and ${bind}:${port} is taken (address already in use). Free it, or set docker.${key} to another port.`);
  }
}
