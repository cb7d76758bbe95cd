import type { DockerTarget } from "../../model/docker-target.ts";
import { traefikArguments } from "../../traefik/static.ts";
import { CONFINED } from "./container-form.ts";

const WEB = 8000;
const ADMIN = 8001;

/** Where a Traefik finds its document. */
export const TRAEFIK_FOLDER = "/etc/sluice/traefik";

/**
 * The Traefik of a stage, apart from its image and its place. It is root, because the document with the tester
 * secret is its owner's alone, and of root's rights it has the one to read it; no socket of the engine is in it.
 */
export function traefikForm({ bind, port, adminPort }: DockerTarget) {
  return {
    ...CONFINED,
    capabilities: { drops: ["ALL"], adds: ["DAC_OVERRIDE"] },
    entrypoints: ["traefik"],
    command: traefikArguments({ web: `:${WEB}`, admin: `:${ADMIN}`, reads: { folder: TRAEFIK_FOLDER } }),
    user: "0:0",
    memory: 512,
    memorySwap: 512,
    stopTimeout: 10,
    destroyGraceSeconds: 10,
    mustRun: false,
    ports: [
      { internal: WEB, external: port, ip: bind },
      // Whoever reaches the API reads the tester secret in the rules of routers.
      { internal: ADMIN, external: adminPort, ip: "127.0.0.1" },
    ],
    healthcheck: {
      tests: ["CMD", "traefik", "healthcheck", "--ping=true", `--entryPoints.traefik.address=:${ADMIN}`],
      interval: "10s",
      timeout: "5s",
      startPeriod: "10s",
      retries: 3,
    },
  };
}
