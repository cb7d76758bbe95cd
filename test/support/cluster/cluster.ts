import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { kubernetesTool } from "../../../src/setup/kubernetes.ts";
import { HOME } from "../project.ts";
import { takeAddressRange } from "./address-range.ts";
import type { Api } from "./api.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { installTraefikDefinitions } from "./definitions.ts";
import { type PodProcess, startTestNode, type TestNode } from "./node.ts";
import { gatherPrograms, type Programs } from "./programs.ts";
import { startTestProxy } from "./proxy.ts";
import { type ClusterTraefik, startClusterTraefik } from "./traefik.ts";

/**
 * A cluster on this machine's loopback: a real control plane with Traefik's resource definitions, a real
 * Traefik, and a node whose pods are processes of this machine. What it has not: a network of pods, so
 * that no NetworkPolicy has an effect, and metrics, so that autoscaling goes no further than its minimum.
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
  const binaries = await kubernetesTool(HOME).find();
  if (binaries === null) throw new Error("The control plane is missing: npm run setup -- --kubernetes");
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.toReversed()) await closer();
  };
  const parts = startParts(name, binaries.path, more, closers);
  const { programs, plane, node, traefik, folder } = await parts.catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const { api, url, token, kubeconfig } = plane;
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
    lastWords: programs.lastWords,
    close,
  };
}

interface Parts {
  readonly programs: Programs;
  readonly plane: ControlPlane;
  readonly node: TestNode;
  readonly traefik: ClusterTraefik | null;
  readonly folder: string;
}

/** @param closers gets what ends each part that was started, in the order of the start */
async function startParts(name: string, binaries: string, more: readonly string[] | null, closers: (() => Promise<unknown>)[]): Promise<Parts> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-cluster-"));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const range = await takeAddressRange();
  closers.push(range.release);
  const programs = gatherPrograms(folder);
  closers.push(programs.killAll);
  const plane = await startControlPlane(programs, { name, binaries, folder, serviceRange: range.cidr });
  closers.push(async () => plane.api.close());
  if (more !== null) await installTraefikDefinitions(plane.api);
  const node = await startTestNode(plane.api);
  closers.push(node.stop);
  const proxy = startTestProxy(plane.api, node.portOf);
  closers.push(proxy.stop);
  const traefik = more === null ? null : await startClusterTraefik(plane, folder, more);
  if (traefik !== null) closers.push(traefik.stop);
  return { programs, plane, node, traefik, folder };
}
