import { isHere } from "../model/docker-target.ts";
import type { Cluster, DeployedService, ExistingWorkload } from "../model/kubernetes-target.ts";
import type { Target } from "../model/target.ts";
import type { StageInput } from "./schema.ts";

/** The target of a stage as a model; null where the key that says the rest is missing. */
export function toTarget(input: StageInput): Target | null {
  switch (input.target) {
    case "local": {
      if (input.local === undefined) return null;
      const { directory, ...rest } = input.local;
      return { kind: "local", ...rest, directory: directory ?? null };
    }
    case "docker": {
      if (input.docker === undefined) return null;
      const { host, certPath, registries, url, api, directory, services, ...rest } = input.docker;
      const here = isHere(host ?? null);
      return {
        kind: "docker",
        services: mapValues(services, (service) => ({ ...service, healthPath: service.healthPath ?? null })),
        ...rest,
        engine: { host: host ?? null, certPath: certPath ?? null },
        registries: registries.map(({ address, username }) => ({ address, username })),
        // Of an engine elsewhere nobody can say them but the config; docker-rules.ts asks for them.
        url: url ?? (here ? `http://${rest.bind === "0.0.0.0" ? "127.0.0.1" : rest.bind}:${rest.port}` : ""),
        api: api ?? (here ? `http://127.0.0.1:${rest.adminPort}` : ""),
        directory: directory ?? null,
      };
    }
    case "kubernetes": {
      if (input.kubernetes === undefined) return null;
      const { clusters, output, services, existing, tlsSecret, traefik, ...rest } = input.kubernetes;
      return {
        kind: "kubernetes",
        ...rest,
        clusters: mapValues(clusters, toCluster),
        output: output ?? null,
        services: mapValues(services, toDeployed),
        existing: mapValues(existing, (workloads) => workloads.map(toExisting)),
        tlsSecret: tlsSecret ?? null,
        traefik: { ...traefik, chartVersion: traefik.chartVersion ?? null, chart: traefik.chart ?? null },
      };
    }
    default:
      return input.target satisfies never;
  }
}

type KubernetesInput = NonNullable<StageInput["kubernetes"]>;

function toCluster({ kubeconfig, context, id, url, api, wave }: KubernetesInput["clusters"][string]): Cluster {
  return { kubeconfig: kubeconfig ?? null, context, id: id ?? null, url: url ?? null, api: api ?? null, wave };
}

function toDeployed({ autoscaling, serviceAccount, resources, ...rest }: KubernetesInput["services"][string]): DeployedService {
  return {
    ...rest,
    autoscaling: autoscaling ?? null,
    serviceAccount: serviceAccount ?? null,
    resources: { requests: defined(resources.requests), limits: defined(resources.limits) },
  };
}

function toExisting({ flags, selector, port }: KubernetesInput["existing"][string][number]): ExistingWorkload {
  return { flags: [...new Set(flags)].sort(), selector, port };
}

function defined(record: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
