import { resolve } from "node:path";
import type { TraefikOfCluster } from "../../model/kubernetes-target.ts";
import * as pulumi from "../../pulumi.ts";
import { Chart } from "./sdk.ts";

/** Where the chart is published. */
const REPOSITORY = "https://traefik.github.io/charts";

/**
 * What Sluice needs of a Traefik: metrics by service, its API for those who look, a quick reading of changes, and that
 * a variant without ready pods costs its own visitors alone.
 */
const VALUES = {
  providers: { kubernetesCRD: { enabled: true, allowEmptyServices: true } },
  metrics: { prometheus: { addServicesLabels: true } },
  additionalArguments: ["--api.insecure=true", "--providers.providersThrottleDuration=200ms"],
} as const;

/** Installs Traefik by its official chart where the config asks for it. @returns what is there then */
export function installTraefik(traefik: TraefikOfCluster, name: string, opts: pulumi.ComponentResourceOptions): readonly pulumi.Resource[] {
  if (traefik.chartVersion === null) return [];
  const source =
    traefik.chart === null ? { chart: "traefik", repositoryOpts: { repo: REPOSITORY } } : { chart: resolve(pulumi.getRootDirectory(), traefik.chart) };
  return [
    new Chart(
      `${name}-traefik`,
      { ...source, name: "traefik", version: traefik.chartVersion, namespace: traefik.namespace, values: { ...VALUES, ...traefik.values } },
      opts,
    ),
  ];
}
