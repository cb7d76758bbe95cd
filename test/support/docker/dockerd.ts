import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { execa } from "execa";
import { until } from "../wait.ts";

/** A Docker engine of the tests' own, beside any that the machine has. */
export interface PrivateEngine {
  /** Its address, such as `unix:///tmp/…/docker.sock`. */
  readonly host: string;
  readonly docker: Docker;
  /** The folder of its data. */
  readonly data: string;
  /** Ends it at once, as a crash does. Its containers go on running, and answer to it again when it is back. */
  kill(): Promise<void>;
  /** Starts it again after a crash. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** Size of a file system of its own for its data, such as `64m`. */
  readonly dataSize?: string;
  /** Further arguments. */
  readonly args?: readonly string[];
}

/** No default bridge, which another engine of the machine may have, and networks of a range that nobody else is likely to have. */
const OWN_NETWORK = ["--bridge", "none", "--default-address-pool", "base=10.213.0.0/16,size=24"];

/** Why no engine can be started here; null when one can. */
export async function whyNoEngine(): Promise<string | null> {
  for (const program of ["dockerd", "go", "tar"]) {
    const { failed } = await execa("which", [program], { reject: false });
    if (failed) return `${program} is not installed`;
  }
  return process.getuid?.() === 0 ? null : "only root can start a Docker engine";
}

/** Starts an engine. @throws Error with the end of its log when it does not answer */
export async function startEngine({ dataSize, args = [] }: EngineOptions = {}): Promise<PrivateEngine> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-dockerd-"));
  const data = join(folder, "data");
  await execa("mkdir", [data]);
  if (dataSize !== undefined) await execa("mount", ["-t", "tmpfs", "-o", `size=${dataSize}`, "tmpfs", data]);
  const socket = join(folder, "docker.sock");
  const logPath = join(folder, "log");
  const docker = new Docker({ socketPath: socket });
  const own = ["-H", `unix://${socket}`, "--data-root", data, "--exec-root", join(folder, "exec"), "--pidfile", join(folder, "pid")];
  let child: ChildProcess | null = null;
  const kill = async (): Promise<void> => {
    if (child !== null) await end(child, "SIGKILL");
    // Its containerd goes with it. One that nobody reaps would pass for running.
    await rm(join(folder, "exec", "containerd", "containerd.pid"), { force: true });
  };
  const start = async (): Promise<void> => {
    const log = await open(logPath, "a");
    const started = spawn("dockerd", [...own, ...OWN_NETWORK, ...args], { stdio: ["ignore", log.fd, log.fd], detached: true });
    child = started;
    endWithUs(started);
    await log.close();
    const answers = async (): Promise<boolean> => (await docker.ping().catch(() => null)) !== null;
    await until("the Docker engine answers, or has ended", async () => started.exitCode !== null || (await answers()), 30_000);
    if (started.exitCode !== null) throw new Error(`dockerd does not start:\n${(await readFile(logPath, "utf8")).split("\n").slice(-15).join("\n")}`);
  };
  const clear = async (): Promise<void> => {
    for (const path of await mountsBelow(folder)) await execa("umount", ["-l", path], { reject: false });
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  };
  await start().catch(async (error: unknown) => {
    await kill();
    await clear();
    throw error;
  });
  return {
    host: `unix://${socket}`,
    docker,
    data,
    kill,
    start,
    async stop() {
      const left = await docker.listContainers({ all: true }).catch(() => []);
      await Promise.all(
        left.map(({ Id }) =>
          docker
            .getContainer(Id)
            .remove({ force: true })
            .catch(() => undefined),
        ),
      );
      await docker.pruneNetworks().catch(() => undefined);
      if (child !== null) await end(child, "SIGTERM");
      await clear();
    },
  };
}

/** Ends an engine once our end of a pipe is gone, however that came: a suite that fails before it has begun stops nothing. */
function endWithUs(engine: ChildProcess): void {
  const watch = spawn("/bin/sh", ["-c", 'cat >/dev/null; kill "$0" 2>/dev/null', String(engine.pid)], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  watch.unref();
  engine.once("exit", () => watch.kill("SIGKILL"));
}

/** Innermost first. */
async function mountsBelow(folder: string): Promise<string[]> {
  const lines = (await readFile("/proc/mounts", "utf8")).split("\n");
  return lines
    .flatMap((line) => line.split(" ")[1] ?? [])
    .filter((path) => path.startsWith(`${folder}/`))
    .reverse();
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await ended;
}
