import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { poll } from "../../../src/net/poll.ts";
import type { Child } from "../../../src/operations/serve/child.ts";
import { freePort } from "../scratch-traefik.ts";
import { type Api, connectApi } from "./api.ts";
import { apiServerArguments, controllerArguments, etcdArguments } from "./control-plane-arguments.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import type { Programs } from "./programs.ts";

/** etcd, the API server and the controllers of a cluster, without nodes. */
export interface ControlPlane {
  readonly url: string;
  /** Of the user who may do everything. */
  readonly token: string;
  readonly authorityFile: string;
  readonly kubeconfig: string;
  readonly api: Api;
  /** Kills the API server, as a crash would. */
  readonly stopApiServer: () => Promise<void>;
  /** Starts it again on the same port and data, and the controllers anew. */
  readonly startApiServer: () => Promise<void>;
}

/** How long the control plane may take to be of use, in milliseconds. */
const START_LIMIT = 60_000;

export interface ControlPlaneOptions {
  /** Of the cluster; its contexts are named by it. */
  readonly name: string;
  /** Folder of the API server and the controllers. */
  readonly binaries: string;
  /** Where data and keys are kept. */
  readonly folder: string;
  /** What cluster IPs are taken from, as a CIDR. */
  readonly serviceRange: string;
}

export async function startControlPlane(programs: Programs, { name, binaries, folder, serviceRange }: ControlPlaneOptions): Promise<ControlPlane> {
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const certificates = join(folder, "certificates");
  await mkdir(certificates);
  const tokens = { admin: newToken(), stranger: newToken() };
  const files = { tokens: join(folder, "tokens.csv"), key: join(folder, "service-accounts.key"), authority: join(certificates, "apiserver.crt") };
  await writeFile(files.tokens, `${tokens.admin},admin,1,"system:masters"\n${tokens.stranger},stranger,2\n`);
  await writeFile(files.key, generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" }));

  const url = `https://127.0.0.1:${port}`;
  const require = async (what: string, condition: () => Promise<boolean>): Promise<void> => {
    if (!(await poll(condition, START_LIMIT))) throw new Error(`${what} did not come up; the control plane last said:\n${programs.lastWords()}`);
  };
  const startApiServer = async (): Promise<Child> => {
    const own = { etcdPort, port, certificates, tokens: files.tokens, key: files.key, serviceRange };
    const child = programs.start([join(binaries, "kube-apiserver"), ...apiServerArguments(own)]);
    await require("The API server", () => isReady(url, tokens.admin, files.authority));
    return child;
  };
  programs.start(["etcd", ...etcdArguments(join(folder, "etcd"), etcdPort, peerPort)]);
  let apiServer = await startApiServer();
  const authority = await readFile(files.authority, "utf8");
  const kubeconfig = join(folder, "kubeconfig.yaml");
  await writeKubeconfig(kubeconfig, { name, url, authority, tokens });
  const startControllers = (): Child => programs.start([join(binaries, "kube-controller-manager"), ...controllerArguments(kubeconfig, files.key)]);
  let controllers = startControllers();
  const api = connectApi({ url, token: tokens.admin, authority });
  const hasServiceAccount = (): Promise<boolean> => answers(api.get("/api/v1/namespaces/default/serviceaccounts/default", z.object({})));
  await require("The first service account", hasServiceAccount);
  return {
    url,
    token: tokens.admin,
    authorityFile: files.authority,
    kubeconfig,
    api,
    stopApiServer: () => programs.kill(apiServer),
    async startApiServer() {
      // They would ask again up to a minute later, and deletions wait for them; in a cluster they lose their lease, end, and are started anew.
      await programs.kill(controllers);
      apiServer = await startApiServer();
      controllers = startControllers();
    },
  };
}

async function isReady(url: string, token: string, authorityFile: string): Promise<boolean> {
  const authority = await readFile(authorityFile, "utf8").catch(() => null);
  if (authority === null) return false;
  const api = connectApi({ url, token, authority });
  const ready = await answers(api.follow("/readyz", () => undefined, AbortSignal.timeout(1_000)));
  api.close();
  return ready;
}

async function answers(question: Promise<unknown>): Promise<boolean> {
  return question.then(
    () => true,
    () => false,
  );
}

function newToken(): string {
  return randomBytes(24).toString("hex");
}
