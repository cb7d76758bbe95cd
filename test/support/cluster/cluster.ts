import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { kubernetesTool } from "../../../src/setup/kubernetes.ts";
import { HOME } from "../project.ts";
import { takeAddressRange } from "./address-range.ts";
import type { Api } from "./api.ts";
import { startControlPlane } from "./control-plane.ts";
import { installTraefikDefinitions } from "./definitions.ts";
import { type PodProcess, startTestNode } from "./node.ts";
import { startTestProxy } from "./proxy.ts";
import { startClusterTraefik } from "./traefik.ts";

/**
 * A cluster on this machine's loopback: a real control plane with Traefik's resource definitions, a real
 * Traefik, and a node whose pods are processes of this machine. What it has not: a network of pods, so
 * that no NetworkPolicy has an effect, and autoscaling.
 */
export interface Cluster {
  /** Its context, with every right; `<name>-stranger` is a user without any. */
  readonly name: string;
  /** Path of the kubeconfig with both contexts. */
  readonly kubeconfig: string;
  /** Address of the API server. */
  readonly url: string;
  /** Token of the user with every right. */
  readonly token: string;
  readonly api: Api;
  /** Where visitors come in, and Traefik's API with its metrics; null where it was started without. */
  readonly traefik: { readonly url: string; readonly admin: string } | null;
  /** Runs kubectl as a person would; never throws. @param input what it reads where it is given `-f -` */
  kubectl(args: readonly string[], input?: string): Promise<KubectlRun>;
  /** Applies objects with strict validation. @throws Error with kubectl's words */
  apply(...objects: readonly object[]): Promise<void>;
  /** The processes that stand for pods. */
  processes(): readonly PodProcess[];
  /** Kills the API server, as a crash would. */
  stopApiServer(): Promise<void>;
  /** Starts it again, on the same port and data. */
  startApiServer(): Promise<void>;
  /** What the programs of the control plane last said. */
  lastWords(): string;
  close(): Promise<void>;
}

export interface KubectlRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ClusterOptions {
  /** `test`, when left out. */
  readonly name?: string;
  /** Further arguments of Traefik; null for a cluster without it and without its resource definitions. */
  readonly traefik?: readonly string[] | null;
}

export async function startCluster({ name = "test", traefik: more = [] }: ClusterOptions = {}): Promise<Cluster> {
  const programs = await kubernetesTool(HOME).find();
  if (programs === null) throw new Error("The control plane is missing: npm run setup -- --kubernetes");
  const folder = await mkdtemp(join(tmpdir(), "sluice-cluster-"));
  const range = await takeAddressRange();
  const plane = await startControlPlane({ name, programs: programs.path, folder, serviceRange: range.cidr });
  const { api, url, token, kubeconfig } = plane;
  if (more !== null) await installTraefikDefinitions(api);
  const [node, traefik] = await Promise.all([startTestNode(api), more === null ? null : startClusterTraefik(plane, folder, more)]);
  const proxy = startTestProxy(api, node.portOf);
  const kubectl = async (args: readonly string[], input?: string): Promise<KubectlRun> => {
    const own = ["--kubeconfig", kubeconfig, "--cache-dir", join(folder, "kubectl")];
    const env = { PATH: process.env["PATH"], HOME: dirname(kubeconfig) };
    const run = await execa("kubectl", [...own, ...args], { env, extendEnv: false, reject: false, ...(input === undefined ? { stdin: "ignore" } : { input }) });
    return { code: run.exitCode ?? -1, stdout: run.stdout, stderr: run.stderr };
  };
  return {
    name,
    kubeconfig,
    url,
    token,
    api,
    traefik,
    kubectl,
    async apply(...objects) {
      // A stream of objects: of a List, kubectl would check the fields itself instead of asking the API server.
      const documents = objects.map((object) => JSON.stringify(object)).join("\n");
      const { code, stderr } = await kubectl(["apply", "--validate=strict", "-f", "-"], documents);
      if (code !== 0) throw new Error(stderr);
    },
    processes: node.processes,
    stopApiServer: plane.stopApiServer,
    startApiServer: plane.startApiServer,
    lastWords: plane.lastWords,
    async close() {
      await Promise.all([traefik?.stop(), proxy.stop(), node.stop()]);
      await plane.close();
      await range.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
