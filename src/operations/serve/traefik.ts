import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { readIfThere } from "../../files/read-if-there.ts";
import { TESTER_COOKIE, TESTER_HEADER } from "../../model/headers.ts";
import type { LocalTarget } from "../../model/target.ts";
import { whyTaken } from "../../net/free-ports.ts";
import { poll } from "../../net/poll.ts";
import { traefikArguments } from "../../traefik/static.ts";
import { OperationError } from "../errors.ts";
import { runningRouters } from "../probe.ts";
import { type Child, withoutSecrets } from "./child.ts";
import { startGuardedChild } from "./guarded-child.ts";

/** How long Traefik may take to answer after its start, in milliseconds. */
const START_LIMIT = 15_000;

/** The tester secret as it stands in a rule that Traefik may quote. */
const TESTER_SECRET = new RegExp(`(${TESTER_HEADER}\\W+|${TESTER_COOKIE}=)[A-Za-z0-9_-]{16,}`, "g");

/** A line of Traefik's log without the tester secret, which stands in the rules that Traefik quotes. */
export function withoutTesterSecret(line: string): string {
  return line.replaceAll(TESTER_SECRET, "$1[secret]");
}

/** Starts the Traefik of a stage and waits until it answers by its document. @throws OperationError when it does not start */
export async function startTraefik(
  options: { readonly stage: string; readonly binary: string; readonly local: LocalTarget; readonly document: string; readonly cwd: string },
  onLine: (line: string) => void,
): Promise<Child> {
  const { stage, binary, local, document, cwd } = options;
  await mkdir(dirname(document), { recursive: true });
  // The API is on loopback only. A document that is not there yet Traefik does not wait for; a folder it does.
  const places = {
    web: `${local.host}:${local.port}`,
    admin: `127.0.0.1:${local.adminPort}`,
    reads: (await readIfThere(document)) === null ? { folder: dirname(document) } : { document },
  };
  const masked = (line: string): void => onLine(withoutTesterSecret(line));
  const child = startGuardedChild([binary, ...traefikArguments(places)], {
    cwd,
    env: withoutSecrets(process.env),
    onLine: masked,
  });
  const admin = `http://127.0.0.1:${local.adminPort}`;
  let ended = false;
  void child.ended.then(() => {
    ended = true;
  });
  const answers = async (): Promise<boolean> => {
    const answer = await fetch(`${admin}/ping`, { signal: AbortSignal.timeout(1_000) }).catch(() => null);
    return answer?.ok === true && (await hasRoutes(admin, document));
  };
  const settled = await poll(async () => ended || (await answers()), START_LIMIT);
  if (settled && !ended) return child;
  await child.stop();
  throw new OperationError("engine", `Traefik for ${stage} did not start; its own words are above.`);
}

/** Whether Traefik has read its document; true where there is none yet. */
async function hasRoutes(admin: string, document: string): Promise<boolean> {
  return (await readIfThere(document)) === null || ((await runningRouters(admin)) ?? []).length > 0;
}

/** @throws OperationError naming the port that something else holds */
export async function requireFreePorts(stage: string, local: LocalTarget): Promise<void> {
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
