import type { Manifest } from "../../../src/cluster/client.ts";
import { flagdDocument } from "../../../src/flagd/document.ts";
import { FIELD_MANAGER, FLAGS_ANNOTATION, labelsOf, WORKLOAD_LABEL } from "../../../src/kubernetes/labels.ts";
import { bucketPort, FLAGD, PORT } from "../../../src/kubernetes/names.ts";
import { routingOf } from "../../../src/kubernetes/routing.ts";
import { TRAEFIK_API } from "../../../src/kubernetes/routing-types.ts";
import { workloadsOf } from "../../../src/kubernetes/workloads.ts";
import type { KubernetesTarget } from "../../../src/model/kubernetes-target.ts";
import type { RolloutPlan } from "../../../src/plan/rollout-plan.ts";
import { TESTER_PLACEHOLDER } from "../../../src/traefik/routers.ts";

/** First of the ports by which the newcomers of each bucket come. */
const BUCKET_PORTS = 8_000;

/** The objects of a stage in one cluster, as the engine makes them, in the order in which it does. */
export function stageObjects(plan: RolloutPlan, target: KubernetesTarget, stage: string, testerSecret: string): Manifest[] {
  const { workloads, leaves } = workloadsOf(plan, target);
  const routing = routingOf(plan, target, leaves);
  const object = (
    apiVersion: string,
    kind: string,
    name: string,
    service: string | null,
    rest: object,
    annotations: Readonly<Record<string, string>> = {},
  ): Manifest => ({
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: target.namespace,
      labels: labelsOf(stage, service),
      annotations: { "pulumi.com/patchFieldManager": FIELD_MANAGER, ...annotations },
    },
    ...rest,
  });
  const custom =
    (kind: string) =>
    ({ name, service, spec }: { readonly name: string; readonly service: string | null; readonly spec: unknown }) =>
      object(TRAEFIK_API, kind, name, service, { spec: JSON.parse(JSON.stringify(spec).replaceAll(TESTER_PLACEHOLDER, testerSecret)) });
  return [
    object("v1", "ConfigMap", FLAGD, null, { data: { "flags.json": `${JSON.stringify(flagdDocument(plan), null, 2)}\n` } }),
    ...workloads.flatMap(({ name, service, env, deployed }) => {
      const selector = { [WORKLOAD_LABEL]: name };
      const container = {
        name: service,
        image: deployed.image,
        envFrom: [{ configMapRef: { name } }],
        readinessProbe: { httpGet: { path: deployed.probePath, port: deployed.port } },
        resources: deployed.resources,
      };
      const template = {
        metadata: { labels: { ...labelsOf(stage, service), ...selector } },
        spec: { terminationGracePeriodSeconds: 2, containers: [container] },
      };
      return [
        object("v1", "ConfigMap", name, service, { immutable: true, data: env }),
        object("apps/v1", "Deployment", name, service, { spec: { replicas: deployed.replicas, selector: { matchLabels: selector }, template } }),
      ];
    }),
    ...leaves.map((leaf) =>
      object(
        "v1",
        "Service",
        leaf.name,
        leaf.service,
        {
          spec: {
            selector: leaf.selector,
            ports: [
              { name: PORT, port: 80, targetPort: leaf.targetPort },
              ...plan.buckets.map(({ id }) => ({ name: bucketPort(id), port: BUCKET_PORTS + id, targetPort: leaf.targetPort })),
            ],
          },
        },
        { [FLAGS_ANNOTATION]: leaf.variant.flags.join(",") },
      ),
    ),
    ...routing.middlewares.map(custom("Middleware")),
    ...routing.slots.map(custom("TraefikService")),
    ...[...routing.routes, ...routing.testerRoutes].map(custom("IngressRoute")),
  ];
}
