import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { type Agent, Agent as HttpAgent } from "node:http";
import { type AgentOptions, Agent as HttpsAgent, type RequestOptions } from "node:https";
import { join } from "node:path";
import { z } from "zod/mini";
import { parseJsonOrNull } from "../model/parse-json.ts";
import { ClusterError } from "./errors.ts";
import type { Access, ExecPlugin, KubeconfigUser } from "./kubeconfig.ts";
import { proxyOf } from "./proxy.ts";

/** How requests to an API server are sent. */
export interface Credentials {
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Connections to one API server at once. */
const CONNECTIONS = 16;
/** How long an exec plugin may take, in milliseconds. */
const PLUGIN_LIMIT = 10_000;

/**
 * Turns what a kubeconfig says into what a request needs. Certificates, tokens and exec plugins are read here, as
 * are the proxies of the environment; for `proxy-url` and the older `auth-provider` the client of Kubernetes is asked, which takes a third of a second to load:
 * a kill should not wait for that.
 * @throws ClusterError (`kubeconfig`, `unauthorized`)
 */
export async function credentialsOf(access: Access): Promise<Credentials> {
  const { cluster, user } = access;
  if (cluster["proxy-url"] !== undefined || user["auth-provider"] !== undefined) return credentialsByClient(access);
  const plugin = user.exec === null || user.exec === undefined ? {} : await askPlugin(access, user.exec);
  const [ca, cert, key, token] = await Promise.all([
    pem(cluster["certificate-authority"], cluster["certificate-authority-data"]),
    plugin.clientCertificateData ?? pem(user["client-certificate"], user["client-certificate-data"]),
    plugin.clientKeyData ?? pem(user["client-key"], user["client-key-data"]),
    plugin.token ?? user.token ?? text(user.tokenFile),
  ]);
  const proxyEnv = proxyOf(cluster.server, process.env);
  const connections = { keepAlive: true, maxSockets: CONNECTIONS, ...(proxyEnv === undefined ? {} : { proxyEnv }) };
  const options: AgentOptions = {
    ...connections,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(cluster["insecure-skip-tls-verify"] === true ? { rejectUnauthorized: false } : {}),
    ...(cluster["tls-server-name"] === undefined ? {} : { servername: cluster["tls-server-name"] }),
  };
  return {
    agent: cluster.server.startsWith("http://") ? new HttpAgent(connections) : new HttpsAgent(options),
    headers: { ...authorization(user, token), ...impersonation(user) },
  };
}

function authorization({ username, password }: KubeconfigUser, token: string | undefined): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token.trim()}` };
  if (username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}` };
}

function impersonation(user: KubeconfigUser): Record<string, string | readonly string[]> {
  if (user.as === undefined) return {};
  return { "impersonate-user": user.as, ...(user["as-groups"] === undefined ? {} : { "impersonate-group": user["as-groups"] }) };
}

const credentialSchema = z.object({
  status: z.object({ token: z.optional(z.string()), clientCertificateData: z.optional(z.string()), clientKeyData: z.optional(z.string()) }),
});

/** Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
async function askPlugin({ context, cluster, folder }: Access, plugin: ExecPlugin): Promise<z.output<typeof credentialSchema>["status"]> {
  const spec = {
    interactive: false,
    ...(plugin.provideClusterInfo === true ? { cluster: { server: cluster.server, "certificate-authority-data": cluster["certificate-authority-data"] } } : {}),
  };
  const own = Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value]));
  const env = { ...process.env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion: plugin.apiVersion, kind: "ExecCredential", spec }) };
  const command = /^\.{1,2}\//.test(plugin.command) ? join(folder, plugin.command) : plugin.command;
  const fail = (reason: string): ClusterError =>
    new ClusterError({ kind: "unauthorized" }, `${plugin.command} gives no credentials for the context ${context}: ${reason}.`);
  const output = await new Promise<string>((resolve, reject) => {
    execFile(command, plugin.args ?? [], { env, timeout: PLUGIN_LIMIT, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(fail(error.killed === true ? `it took more than ${PLUGIN_LIMIT / 1000} s` : stderr.trim() || error.message));
    });
  });
  const parsed = credentialSchema.safeParse(parseJsonOrNull(output));
  if (!parsed.success) throw fail("what it says is no ExecCredential");
  return parsed.data.status;
}

async function credentialsByClient({ context, cluster, user }: Access): Promise<Credentials> {
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  const named = {
    clusters: [{ name: context, cluster }],
    users: [{ name: context, user }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
  };
  const options: RequestOptions = {};
  try {
    config.loadFromString(JSON.stringify({ ...named, "current-context": context }));
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new ClusterError(
      { kind: "unauthorized" },
      `There are no credentials for the context ${context}: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  const headers = z.record(z.string(), z.string()).safeParse(options.headers ?? {});
  const { agent } = options;
  if (agent === undefined || typeof agent === "boolean") throw new Error("the client of Kubernetes gives no agent");
  return { agent, headers: { ...authorization(user, undefined), ...(headers.success ? headers.data : {}) } };
}

async function pem(path: string | undefined, data: string | undefined): Promise<string | undefined> {
  return data === undefined || data === "" ? text(path) : Buffer.from(data, "base64").toString("utf8");
}

async function text(path: string | undefined): Promise<string | undefined> {
  if (path === undefined || path === "") return undefined;
  return readFile(path, "utf8").catch((error: unknown) => {
    throw new ClusterError(
      { kind: "kubeconfig" },
      `The kubeconfig names ${path}, which cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  });
}
