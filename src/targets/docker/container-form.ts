import type { ContainerService } from "../../model/docker-target.ts";

/** What a container of a service is, apart from its image's ID, its name and its place: plain values, in the words of the SDK. */
export type ContainerForm = ReturnType<typeof formOf>;

/** Where a container finds the flagd document, in a folder of its own so that it may be replaced. */
export const FLAGD_FOLDER = "/etc/sluice/flagd";

/** How often a check may fail before the container counts as unhealthy. */
const RETRIES = 3;

/** The rights of every container: none but those that are named. */
export const CONFINED = {
  readOnly: true,
  capabilities: { drops: ["ALL"] },
  securityOpts: ["no-new-privileges:true"],
  privileged: false,
  restart: "unless-stopped",
  logDriver: "json-file",
  logOpts: { "max-size": "10m", "max-file": "3" },
};

/**
 * The container of a service. It is not the plugin that waits for its health, nor does the plugin remove it when it
 * does not run: the provider of Sluice waits before it leads visitors there, and reads the log of one that fails.
 */
export function formOf(runs: ContainerService, env: Readonly<Record<string, string>>) {
  const drain = Math.max(1, Math.ceil(runs.drain / 1000));
  return {
    ...CONFINED,
    envs: Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
    ...(runs.command.length === 0 ? {} : { command: [...runs.command] }),
    user: runs.user,
    tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m" },
    memory: runs.memory,
    memorySwap: runs.memory,
    cpus: String(runs.cpus),
    stopSignal: "SIGTERM",
    stopTimeout: drain,
    destroyGraceSeconds: drain,
    mustRun: false,
    healthcheck: {
      tests: ["CMD", ...checkOf(runs)],
      interval: `${runs.healthInterval}ms`,
      timeout: "2s",
      startPeriod: `${runs.ready}ms`,
      retries: RETRIES,
    },
  };
}

function checkOf({ healthCommand, healthPath, port }: ContainerService): readonly string[] {
  return healthCommand.length > 0 ? healthCommand : ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${port}${healthPath ?? "/"}`];
}
