import type { DockerTarget } from "./docker-target.ts";
import type { KubernetesTarget } from "./kubernetes-target.ts";

/** Ports that the workloads of a service with `env` delivery may use on the local target, from its first on. */
export const WORKLOAD_PORTS = 1_000;

/** One machine, no container engine; every port on loopback unless `host` says otherwise. */
export interface LocalTarget {
  readonly kind: "local";
  /** Where Traefik takes requests. */
  readonly host: string;
  readonly port: number;
  /** Port of Traefik's API, on loopback. */
  readonly adminPort: number;
  /** First port of each service's workloads: the port of a service with `header` delivery, or the first of a thousand. */
  readonly workloadPorts: Readonly<Record<string, number>>;
  /** Where the documents go, relative to the project; null for `.sluice/<stage>`. */
  readonly directory: string | null;
}

/** Where a stage runs. */
export type Target = LocalTarget | KubernetesTarget | DockerTarget;

/** A Traefik of a stage, as visitors and operators meet it. */
export interface Edge {
  /** The cluster's name on Kubernetes; the target's elsewhere. */
  readonly name: string;
  /** Where visitors come in; null where the config does not say. */
  readonly url: string | null;
  /** Base URL of Traefik's API, which also serves its metrics; null where the config does not say. */
  readonly api: string | null;
}

/** Every Traefik of a stage; one, but for a stage with several clusters. */
export function edgesOf(target: Target): readonly Edge[] {
  switch (target.kind) {
    case "local":
      return [{ name: "local", url: `http://${target.host}:${target.port}`, api: `http://127.0.0.1:${target.adminPort}` }];
    case "docker":
      return [{ name: "docker", url: target.url, api: target.api }];
    case "kubernetes":
      return Object.entries(target.clusters).map(([name, { url, api }]) => ({ name, url, api }));
    default:
      return target satisfies never;
  }
}

/** The folder of a stage's own files, relative to the project where it is not absolute. */
export function stageFolder(stage: string, target: Target | null): string {
  const directory = target === null || target.kind === "kubernetes" ? null : target.directory;
  return directory ?? `.sluice/${stage}`;
}
