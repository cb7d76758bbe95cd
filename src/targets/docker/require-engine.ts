import { type EngineAddress, isHere } from "../../model/docker-target.ts";
import { engineHost, openEngine } from "../../net/docker/engine.ts";

/** @throws Error saying why the engine cannot be used, before anything is changed */
export async function requireEngine(address: EngineAddress): Promise<void> {
  const host = engineHost(address);
  if (address.host === null && !isHere(host)) {
    throw new Error(
      `DOCKER_HOST is ${host}, another machine, and the stage's config does not say so. Set docker.host to it, with docker.url and docker.api, or unset DOCKER_HOST.`,
    );
  }
  const engine = await openEngine(address);
  try {
    const { status } = await engine.ask("GET", "/_ping");
    if (status !== 200) throw new Error(`what answers at ${host} with status ${status} is no Docker engine.`);
  } finally {
    engine.close();
  }
}
