import { resolve } from "node:path";
import { flagdDocument } from "../../flagd/document.ts";
import { FLAGD, SERVICE_ACCOUNT } from "../../kubernetes/names.ts";
import { routingOf } from "../../kubernetes/routing.ts";
import { workloadsOf } from "../../kubernetes/workloads.ts";
import type { Cluster, KubernetesTarget } from "../../model/kubernetes-target.ts";
import { canonicalJson, shortHash } from "../../plan/canonical.ts";
import type { RolloutPlan } from "../../plan/rollout-plan.ts";
import * as pulumi from "../../pulumi.ts";
import type { TargetArgs } from "../target.ts";
import { type Home, metadataOf } from "./metadata.ts";
import { makeMonitoring } from "./monitoring.ts";
import { makeNetworkPolicy } from "./network-policy.ts";
import { RoutingTaken } from "./provider-resources.ts";
import { makeRouting } from "./routing.ts";
import { ConfigMap, Provider, ServiceAccount } from "./sdk.ts";
import { installTraefik } from "./traefik-chart.ts";
import { makeLeaf, makeWorkload, type Waiting } from "./workload.ts";

/** A stage in one cluster. */
export class ClusterStage extends pulumi.ComponentResource {
  /** Made last: once they are there, visitors are led by the plan. */
  readonly live: readonly pulumi.Resource[];

  constructor(name: string, args: TargetArgs<KubernetesTarget> & { readonly cluster: Cluster }, opts?: pulumi.ComponentResourceOptions) {
    const { plan, settings, target, cluster, monitoring, testerSecret, root } = args;
    super("sluice:kubernetes:Cluster", name, {}, opts);
    const home: Home = { stage: settings.stage, namespace: target.namespace, wait: target.wait };
    const prefix = `${name}/`;
    const provider = new Provider(name, providerArgs(name, cluster, target, root), { parent: this });
    const child = { parent: this, provider };
    const traefik = installTraefik(target.traefik, name, { parent: this, provider });
    const { workloads, leaves } = workloadsOf(plan, target);
    const buckets = plan.buckets.map(({ id }) => id);
    if (workloads.some(({ deployed }) => deployed.serviceAccount === null)) {
      new ServiceAccount(`${prefix}${SERVICE_ACCOUNT}`, { metadata: metadataOf(home, SERVICE_ACCOUNT, null), automountServiceAccountToken: false }, child);
    }
    if (workloads.length > 0) makeNetworkPolicy(home, prefix, target, child);
    new ConfigMap(
      `${prefix}${FLAGD}`,
      { metadata: metadataOf(home, FLAGD, null), data: { "flags.json": `${JSON.stringify(flagdDocument(plan), null, 2)}\n` } },
      child,
    );
    if (monitoring !== null) makeMonitoring(home, name, target, monitoring, child);
    const kubeconfig = cluster.kubeconfig === null ? null : resolve(root, cluster.kubeconfig);
    const waiting: Waiting | null =
      target.wait && target.output === null ? { cluster: name, context: cluster.context, kubeconfig, limit: target.readyWithin } : null;
    const ready = Map.groupBy(
      [
        ...workloads.flatMap((workload) =>
          makeWorkload(home, prefix, workload, ledTo(plan, workload.service), waiting, child).map((made) => ({ service: workload.service, made })),
        ),
        ...leaves.map((leaf) => ({ service: leaf.service, made: makeLeaf(home, prefix, leaf, buckets, child) })),
      ],
      ({ service }) => service,
    );
    const routing = routingOf(plan, target, leaves);
    const rules = makeRouting(
      {
        home,
        prefix,
        routing,
        testerSecret,
        installed: traefik,
        readyOf: (service) => (ready.get(service) ?? []).map(({ made }) => made),
      },
      child,
    );
    // What the engine takes away at the end, Traefik must not lead to any more.
    const takenBy = (api: string, { context }: Waiting): RoutingTaken => {
      const change = shortHash(canonicalJson(routing));
      return new RoutingTaken(
        `${prefix}taken`,
        { cluster: name, context, kubeconfig, namespace: target.namespace, stage: settings.stage, api, change },
        { parent: this, dependsOn: [...rules] },
      );
    };
    this.live = waiting === null || cluster.api === null ? rules : [takenBy(cluster.api, waiting)];
    this.registerOutputs({});
  }
}

function providerArgs(
  name: string,
  { kubeconfig, context, id }: Cluster,
  { namespace, output }: KubernetesTarget,
  root: string,
): Record<string, string | boolean> {
  // A flagd document is one object that changes, not a new one with each change.
  const common = { namespace, enableServerSideApply: true, enableConfigMapMutable: true };
  if (output !== null) return { ...common, renderYamlToDirectory: resolve(root, output, name) };
  return { ...common, context, ...(kubeconfig === null ? {} : { kubeconfig: resolve(root, kubeconfig) }), ...(id === null ? {} : { clusterIdentifier: id }) };
}

/** Stands for who is led to the variants of a service. */
function ledTo({ services }: RolloutPlan, service: string): string {
  const planned = services[service];
  return shortHash(canonicalJson([planned?.cohorts ?? [], planned?.testers ?? null]));
}
