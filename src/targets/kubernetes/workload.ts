import { FLAGS_ANNOTATION } from "../../kubernetes/labels.ts";
import { bucketPort, PORT } from "../../kubernetes/names.ts";
import { hasBudget, type Leaf, type Workload } from "../../kubernetes/workloads.ts";
import type * as pulumi from "../../pulumi.ts";
import { metadataOf, type ObjectHome } from "./metadata.ts";
import { deploymentSpec, podSelector } from "./pods.ts";
import { ReadyPods } from "./provider-resources.ts";
import { ConfigMap, Deployment, HorizontalPodAutoscaler, PodDisruptionBudget, Service } from "./sdk.ts";

/** First of the ports by which the newcomers of each bucket come. */
const BUCKET_PORTS = 8_000;

/** The engine waits for the end of a Deployment, and not for its pods: ReadyPods does, and says more. */
const MADE_IS_ENOUGH = { "pulumi.com/waitFor": "jsonpath={.metadata.uid}" } as const;

/** Where a workload's pods are waited for, and how long. */
export interface Waiting {
  readonly cluster: string;
  readonly context: string;
  readonly kubeconfig: string | null;
  /** Milliseconds. */
  readonly limit: number;
}

/**
 * Makes the pods of a workload.
 * @param leading the Services that lead to them, by name
 * @param waiting null where nobody waits
 * @returns what is there once they are ready
 */
export function makeWorkload(
  home: ObjectHome,
  prefix: string,
  workload: Workload,
  leading: ReadonlyMap<string, Service>,
  waiting: Waiting | null,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.CustomResource[] {
  const { name, service, deployed, leastPods, led } = workload;
  const metadata = metadataOf(home, name, service);
  const environment = new ConfigMap(`${prefix}${name}`, { metadata, immutable: true, data: { ...workload.env } }, opts);
  const deployment = new Deployment(
    `${prefix}${name}`,
    { metadata: metadataOf(home, name, service, { annotations: waiting === null ? {} : MADE_IS_ENOUGH }), spec: deploymentSpec(home, workload) },
    { ...opts, dependsOn: environment },
  );
  if (hasBudget(workload)) {
    new PodDisruptionBudget(`${prefix}${name}`, { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: podSelector(workload) } } }, opts);
  }
  const ready = (made: readonly pulumi.CustomResource[]): readonly pulumi.CustomResource[] =>
    waiting === null
      ? made
      : [
          ...made,
          new ReadyPods(
            `${prefix}${name}/ready`,
            { ...waiting, namespace: home.namespace, deployment: name, least: leastPods, led, services: [...leading.keys()] },
            { ...(opts.parent === undefined ? {} : { parent: opts.parent }), dependsOn: [...made, ...leading.values()] },
          ),
        ];
  if (deployed.autoscaling === null) return ready([deployment]);
  const { maxReplicas, cpuPercent } = deployed.autoscaling;
  const autoscaler = new HorizontalPodAutoscaler(
    `${prefix}${name}`,
    {
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        minReplicas: leastPods,
        maxReplicas,
        metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpuPercent } } }],
      },
    },
    { ...opts, dependsOn: deployment },
  );
  return ready([deployment, autoscaler]);
}

/** Makes the Service of a variant; of its ports, one is for everyone and one for the newcomers of each bucket. */
export function makeLeaf(home: ObjectHome, prefix: string, leaf: Leaf, buckets: readonly number[], opts: pulumi.CustomResourceOptions): Service {
  const annotations = { [FLAGS_ANNOTATION]: leaf.variant.flags.join(",") };
  const port = (name: string, number: number): { name: string; port: number; targetPort: number } => ({ name, port: number, targetPort: leaf.targetPort });
  return new Service(
    `${prefix}${leaf.name}`,
    {
      // Its pods are ready before: the engine would wait ten seconds more for what it knows.
      metadata: metadataOf({ ...home, wait: false }, leaf.name, leaf.service, { annotations }),
      spec: { selector: { ...leaf.selector }, ports: [port(PORT, 80), ...buckets.map((bucket) => port(bucketPort(bucket), BUCKET_PORTS + bucket))] },
    },
    opts,
  );
}
