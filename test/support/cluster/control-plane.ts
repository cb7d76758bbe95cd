import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { poll } from "../../../src/net/poll.ts";
import { type Child, withoutSecrets } from "../../../src/operations/serve/child.ts";
import { startGuardedChild } from "../../../src/operations/serve/guarded-child.ts";
import { freePort } from "../scratch-traefik.ts";
import { until } from "../wait.ts";
import { type Api, connectApi } from "./api.ts";
import { writeKubeconfig } from "./kubeconfig.ts";

/** The users of a cluster: one who may do everything, and one who may do nothing until a test binds a role to it. */
export const USERS = { admin: "admin", stranger: "stranger" } as const;

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
  /** Starts it again on the same port and data. */
  readonly startApiServer: () => Promise<void>;
  /** What the programs last said, for a failure that nobody can explain. */
  readonly lastWords: () => string;
  close(): Promise<void>;
}

/** What the controllers do that Sluice's resources need; nothing that looks after nodes. */
const CONTROLLERS = [
  "deployment-controller",
  "replicaset-controller",
  "endpointslice-controller",
  "namespace-controller",
  "garbage-collector-controller",
  "resourcequota-controller",
  "serviceaccount-controller",
  "serviceaccount-token-controller",
  "disruption-controller",
];
/** How long the API server may take to be ready, in milliseconds. */
const START_LIMIT = 60_000;

export interface ControlPlaneOptions {
  /** Of the cluster; its contexts are named by it. */
  readonly name: string;
  /** Folder of the programs. */
  readonly programs: string;
  /** Where data and keys are kept. */
  readonly folder: string;
  /** What cluster IPs are taken from, as a CIDR. */
  readonly serviceRange: string;
}

export async function startControlPlane({ name, programs, folder, serviceRange }: ControlPlaneOptions): Promise<ControlPlane> {
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const certificates = join(folder, "certificates");
  await mkdir(certificates, { recursive: true });
  const tokens = { admin: newToken(), stranger: newToken() };
  const files = { tokens: join(folder, "tokens.csv"), key: join(folder, "service-accounts.key"), authority: join(certificates, "apiserver.crt") };
  await writeFile(files.tokens, `${tokens.admin},${USERS.admin},1,"system:masters"\n${tokens.stranger},${USERS.stranger},2\n`);
  await writeFile(files.key, generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" }));

  const words: string[] = [];
  const start = (command: readonly string[]): Child =>
    startGuardedChild(command, {
      cwd: folder,
      env: withoutSecrets(process.env),
      onLine: (line) => {
        words.push(line);
        if (words.length > 100) words.shift();
      },
    });
  const etcd = start(["etcd", ...etcdArguments(join(folder, "etcd"), etcdPort, peerPort)]);
  const url = `https://127.0.0.1:${port}`;
  let apiServer: Child;
  const startApiServer = async (): Promise<void> => {
    apiServer = start([
      join(programs, "kube-apiserver"),
      `--etcd-servers=http://127.0.0.1:${etcdPort}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--cert-dir=${certificates}`,
      `--token-auth-file=${files.tokens}`,
      "--authorization-mode=RBAC",
      `--service-cluster-ip-range=${serviceRange}`,
      // Never dialled: no endpoint of the API server is written, and its own choice would need a route to the outside.
      "--advertise-address=192.0.2.1",
      "--endpoint-reconciler-type=none",
      `--service-account-key-file=${files.key}`,
      `--service-account-signing-key-file=${files.key}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      "--profiling=false",
    ]);
    const readable = async (): Promise<boolean> => {
      const authority = await readFile(files.authority, "utf8").catch(() => null);
      if (authority === null) return false;
      const probe = connectApi({ url, token: tokens.admin, authority });
      const ready = await probe
        .follow("/readyz", () => undefined, AbortSignal.timeout(1_000))
        .then(
          () => true,
          () => false,
        );
      probe.close();
      return ready;
    };
    if (!(await poll(readable, START_LIMIT))) throw new Error(`The API server did not start; it said:\n${words.join("\n")}`);
  };
  await startApiServer();
  const authority = await readFile(files.authority, "utf8");
  const kubeconfig = join(folder, "kubeconfig.yaml");
  await writeKubeconfig(kubeconfig, { name, url, authority, tokens });
  const controllers = start([join(programs, "kube-controller-manager"), ...controllerArguments(kubeconfig, name, files.key)]);
  const api = connectApi({ url, token: tokens.admin, authority });
  await until("the first service account is there", async () =>
    api.get("/api/v1/namespaces/default/serviceaccounts/default", z.object({})).then(
      () => true,
      () => false,
    ),
  );
  return {
    url,
    token: tokens.admin,
    authorityFile: files.authority,
    kubeconfig,
    api,
    startApiServer,
    stopApiServer: () => crash(apiServer),
    lastWords: () => words.join("\n"),
    async close() {
      api.close();
      await Promise.all([controllers, apiServer].map(crash));
      await crash(etcd);
    },
  };
}

/** Kills a program with its guard: nothing that it might still write is needed. */
async function crash(child: Child): Promise<void> {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
  await child.ended;
}

function etcdArguments(data: string, port: number, peerPort: number): string[] {
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  return [
    `--data-dir=${data}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--logger=zap",
  ];
}

function controllerArguments(kubeconfig: string, context: string, key: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--cluster-name=${context}`,
    `--controllers=${CONTROLLERS.join(",")}`,
    `--service-account-private-key-file=${key}`,
    "--leader-elect=false",
    "--secure-port=0",
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
    // The default batches changes of endpoints for half a second.
    "--endpointslice-updates-batch-period=0s",
  ];
}

function newToken(): string {
  return randomBytes(24).toString("hex");
}
