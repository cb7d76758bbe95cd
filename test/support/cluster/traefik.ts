import { ask } from "../../../src/net/ask.ts";
import { poll } from "../../../src/net/poll.ts";
import { type Child, withoutSecrets } from "../../../src/operations/serve/child.ts";
import { startGuardedChild } from "../../../src/operations/serve/guarded-child.ts";
import { requireTraefik } from "../../../src/setup/traefik.ts";
import { listeningArguments } from "../../../src/traefik/static.ts";
import { freePort } from "../scratch-traefik.ts";
import type { ControlPlane } from "./control-plane.ts";

/** A real Traefik that takes its routes from a test cluster. */
export interface ClusterTraefik {
  /** Where visitors come in. */
  readonly url: string;
  /** Its API and metrics. */
  readonly admin: string;
  readonly stop: () => Promise<void>;
}

/** How long Traefik may take to answer after its start, in milliseconds. */
const START_LIMIT = 15_000;

/** @param more command-line arguments beside those of the harness */
export async function startClusterTraefik({ url, token, authorityFile }: ControlPlane, folder: string, more: readonly string[]): Promise<ClusterTraefik> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const words: string[] = [];
  const child: Child = startGuardedChild(
    [
      await requireTraefik(),
      ...listeningArguments({ web: `127.0.0.1:${port}`, admin: `127.0.0.1:${adminPort}` }),
      `--providers.kubernetescrd.endpoint=${url}`,
      `--providers.kubernetescrd.token=${token}`,
      `--providers.kubernetescrd.certAuthFilePath=${authorityFile}`,
      // To the cluster IPs, which are addresses of loopback; those of pods lead nowhere.
      "--providers.kubernetescrd.nativeLBByDefault=true",
      "--providers.providersThrottleDuration=50ms",
      ...more,
    ],
    { cwd: folder, env: withoutSecrets(process.env), onLine: (line) => words.push(line) },
  );
  const admin = `http://127.0.0.1:${adminPort}`;
  const answers = await poll(async () => (await ask(admin, { path: "/ping" })).status === 200, START_LIMIT);
  if (!answers) throw new Error(`Traefik did not start; it said:\n${words.join("\n")}`);
  return { url: `http://127.0.0.1:${port}`, admin, stop: () => child.stop() };
}
