import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod/mini";
import { readIfThere } from "../files/read-if-there.ts";
import { ClusterError } from "./errors.ts";

const cluster = z.looseObject({
  server: z.string(),
  "certificate-authority": z.optional(z.string()),
  "certificate-authority-data": z.optional(z.string()),
  "insecure-skip-tls-verify": z.optional(z.boolean()),
  "tls-server-name": z.optional(z.string()),
  "proxy-url": z.optional(z.string()),
});
const exec = z.looseObject({
  apiVersion: z.string(),
  command: z.string(),
  args: z.nullish(z.array(z.string())),
  env: z.nullish(z.array(z.object({ name: z.string(), value: z.string() }))),
  provideClusterInfo: z.optional(z.boolean()),
});
const user = z.looseObject({
  "client-certificate": z.optional(z.string()),
  "client-certificate-data": z.optional(z.string()),
  "client-key": z.optional(z.string()),
  "client-key-data": z.optional(z.string()),
  token: z.optional(z.string()),
  tokenFile: z.optional(z.string()),
  username: z.optional(z.string()),
  password: z.optional(z.string()),
  as: z.optional(z.string()),
  "as-groups": z.optional(z.array(z.string())),
  exec: z.nullish(exec),
  "auth-provider": z.optional(z.unknown()),
});
const file = z.looseObject({
  clusters: z.nullish(z.array(z.object({ name: z.string(), cluster }))),
  users: z.nullish(z.array(z.object({ name: z.string(), user: z.nullish(user) }))),
  contexts: z.nullish(z.array(z.object({ name: z.string(), context: z.looseObject({ cluster: z.string(), user: z.optional(z.string()) }) }))),
});

export type KubeconfigCluster = z.output<typeof cluster>;
export type KubeconfigUser = z.output<typeof user>;
export type ExecPlugin = z.output<typeof exec>;

/** What a kubeconfig says of one context; its paths are absolute. */
export interface Access {
  readonly context: string;
  readonly cluster: KubeconfigCluster;
  readonly user: KubeconfigUser;
  /** The folder from which an exec plugin's command is looked up where it is a path. */
  readonly folder: string;
}

/**
 * Reads what a kubeconfig says of a context. Of several files in `KUBECONFIG` the first that has an entry counts, as
 * in kubectl; missing ones are passed over.
 * @param path null for `KUBECONFIG`, or the usual file
 * @throws ClusterError (`kubeconfig`, `context-missing`)
 */
export async function readAccess(path: string | null, context: string): Promise<Access> {
  const named = (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((one) => one !== "");
  const usual = named.length > 0 ? named : [join(homedir(), ".kube", "config")];
  const paths = path === null ? usual : [path];
  const read = (await Promise.all(paths.map(readFile))).filter((one) => one !== null);
  const shown = paths.join(", ");
  if (read.length === 0) {
    throw new ClusterError(
      { kind: "kubeconfig" },
      `There is no kubeconfig at ${shown}. Name one in the stage's config (kubernetes.clusters), or in KUBECONFIG.`,
    );
  }
  const contexts = read.flatMap((one) => one.contexts);
  const found = contexts.find(({ name }) => name === context);
  if (found === undefined) {
    const known = contexts.map(({ name }) => name);
    throw new ClusterError(
      { kind: "context-missing", known },
      `There is no context ${context} in ${shown}; there ${known.length === 0 ? "is none at all" : `is ${known.join(", ")}`}.`,
    );
  }
  const ofCluster = read.flatMap((one) => one.clusters).find(({ name }) => name === found.context.cluster);
  const ofUser = found.context.user === undefined ? null : read.flatMap((one) => one.users).find(({ name }) => name === found.context.user);
  if (ofCluster === undefined || ofUser === undefined) {
    const missing = ofCluster === undefined ? `cluster ${found.context.cluster}` : `user ${found.context.user ?? ""}`;
    throw new ClusterError({ kind: "kubeconfig" }, `The context ${context} in ${shown} names the ${missing}, which is not there.`);
  }
  return { context, cluster: ofCluster.cluster, user: ofUser?.user ?? {}, folder: ofUser?.folder ?? "" };
}

/** One file's entries with absolute paths; null where there is no file. */
async function readFile(path: string) {
  const text = await readIfThere(path).catch((error: unknown) => {
    throw new ClusterError({ kind: "kubeconfig" }, `The kubeconfig ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  });
  if (text === null) return null;
  const parsed = file.safeParse(parseOrNull(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ClusterError({ kind: "kubeconfig" }, `${path} is no kubeconfig, at ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unknown"}.`);
  }
  const folder = dirname(resolve(path));
  const { clusters, users, contexts } = parsed.data;
  return {
    contexts: contexts ?? [],
    clusters: (clusters ?? []).map((entry) => ({ ...entry, cluster: withPaths(entry.cluster, folder, ["certificate-authority"]) })),
    users: (users ?? []).map((entry) => ({
      name: entry.name,
      folder,
      user: withPaths(entry.user ?? {}, folder, ["client-certificate", "client-key", "tokenFile"]),
    })),
  };
}

function withPaths<T extends Readonly<Record<string, unknown>>>(entry: T, folder: string, keys: readonly string[]): T {
  const absolute = keys.flatMap((key) => {
    const value = entry[key];
    return typeof value === "string" && value !== "" && !isAbsolute(value) ? [[key, join(folder, value)] as const] : [];
  });
  return { ...entry, ...Object.fromEntries(absolute) };
}

function parseOrNull(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
