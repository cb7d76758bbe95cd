import { mkdir, readdir } from "node:fs/promises";
import { TESTER_COOKIE, TESTER_HEADER } from "../../model/headers.ts";
import { adminUrl, type LocalSettings } from "../../model/settings.ts";
import { whyTaken } from "../../net/free-ports.ts";
import { poll } from "../../net/poll.ts";
import { OperationError } from "../errors.ts";
import { runningRouters } from "../probe.ts";
import { type Child, withoutSecrets } from "./child.ts";
import { startGuardedChild } from "./guarded-child.ts";

/** How long Traefik may take to answer after its start, in milliseconds. */
const START_LIMIT = 15_000;

/** The tester secret as it stands in a rule that Traefik may quote. */
const TESTER_SECRET = new RegExp(`(${TESTER_HEADER}\\W+|${TESTER_COOKIE}=)[A-Za-z0-9_-]{16,}`, "g");

/** Where Traefik's buckets of durations end, in seconds: a latency is judged at the largest that is at most its limit. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

/** A line of Traefik's log without the tester secret, which stands in the rules that Traefik quotes. */
export function withoutTesterSecret(line: string): string {
  return line.replaceAll(TESTER_SECRET, "$1[secret]");
}

/** Traefik's static configuration for one stage, as its command line. The API is on loopback only. */
export function traefikArguments(local: LocalSettings, folder: string): string[] {
  return [...listeningArguments(local), `--providers.file.directory=${folder}`, "--providers.file.watch=true", "--providers.providersThrottleDuration=10ms"];
}

/** The part that is the same wherever the routes come from: where it listens, what it measures, what it keeps to itself. */
export function listeningArguments({ host, port, adminPort }: Pick<LocalSettings, "host" | "port" | "adminPort">): string[] {
  return [
    `--entryPoints.web.address=${host}:${port}`,
    `--entryPoints.traefik.address=127.0.0.1:${adminPort}`,
    "--api=true",
    "--api.insecure=true",
    "--ping=true",
    "--metrics.prometheus=true",
    "--metrics.prometheus.entryPoint=traefik",
    "--metrics.prometheus.addEntryPointsLabels=false",
    "--metrics.prometheus.addRoutersLabels=false",
    "--metrics.prometheus.addServicesLabels=true",
    `--metrics.prometheus.buckets=${DURATION_BUCKETS.join(",")}`,
    "--global.checkNewVersion=false",
    "--global.sendAnonymousUsage=false",
    "--log.level=ERROR",
  ];
}

/** Starts the Traefik of a stage and waits until it answers by its document. @throws OperationError when it does not start */
export async function startTraefik(
  options: { readonly stage: string; readonly binary: string; readonly local: LocalSettings; readonly folder: string; readonly cwd: string },
  onLine: (line: string) => void,
): Promise<Child> {
  const { stage, binary, local, folder, cwd } = options;
  await mkdir(folder, { recursive: true });
  const masked = (line: string): void => onLine(withoutTesterSecret(line));
  const child = startGuardedChild([binary, ...traefikArguments(local, folder)], {
    cwd,
    env: withoutSecrets(process.env),
    onLine: masked,
  });
  const admin = adminUrl(local);
  let ended = false;
  void child.ended.then(() => {
    ended = true;
  });
  const answers = async (): Promise<boolean> => {
    const answer = await fetch(`${admin}/ping`, { signal: AbortSignal.timeout(1_000) }).catch(() => null);
    return answer?.ok === true && (await hasRoutes(admin, folder));
  };
  const settled = await poll(async () => ended || (await answers()), START_LIMIT);
  if (settled && !ended) return child;
  await child.stop();
  throw new OperationError("engine", `Traefik for ${stage} did not start; its own words are above.`);
}

/** Whether Traefik has read the document in the folder; true where there is none yet. */
async function hasRoutes(admin: string, folder: string): Promise<boolean> {
  const documents = await readdir(folder);
  return !documents.some((name) => name.endsWith(".yaml")) || ((await runningRouters(admin)) ?? []).length > 0;
}

/** @throws OperationError naming the port that something else holds */
export async function requireFreePorts(stage: string, local: LocalSettings): Promise<void> {
  await requireFreePort(stage, "local.port", local.host, local.port);
  await requireFreePort(stage, "local.adminPort", "127.0.0.1", local.adminPort);
}

async function requireFreePort(stage: string, path: string, host: string, port: number): Promise<void> {
  const code = await whyTaken(host, port);
  if (code === null) return;
  const reason = code === "EADDRINUSE" ? "is in use by another process" : `cannot be opened (${code})`;
  throw new OperationError(
    "busy",
    `${stage}: port ${port} of ${host} ${reason}. Stop what holds it, or choose another: pulumi config set --stack ${stage} --path ${path} <port>, then pulumi up.`,
  );
}
