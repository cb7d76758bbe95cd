import { join } from "node:path";
import { flagdDocument } from "../../flagd/document.ts";
import { FLAGD, SERVICE_ACCOUNT } from "../../kubernetes/names.ts";
import { routingOf } from "../../kubernetes/routing.ts";
import { type Leaf, takesOver, workloadsOf } from "../../kubernetes/workloads.ts";
import type { Cluster, KubernetesTarget } from "../../model/kubernetes-target.ts";
import * as pulumi from "../../pulumi.ts";
import type { TargetArgs } from "../target.ts";
import { metadataOf, type ObjectHome } from "./metadata.ts";
import { makeMonitoring } from "./monitoring.ts";
import { makeNetworkPolicy } from "./network-policy.ts";
import { pluginPath } from "./plugin-path.ts";
import { RoutingTaken } from "./provider-resources.ts";
import { makeRouting } from "./routing.ts";
import { ConfigMap, Provider, ServiceAccount } from "./sdk.ts";
import { installTraefik } from "./traefik-chart.ts";
import { makeLeaf, makeWorkload, type Waiting } from "./workload.ts";

/** A stage in one cluster. */
export class ClusterStage extends pulumi.ComponentResource {
  /** Made last: once they are there, visitors are led by the plan. */
  readonly live: readonly pulumi.Resource[];

  /** @param args.hooks of whatever leads visitors */
  constructor(
    name: string,
    args: TargetArgs<KubernetesTarget> & { readonly cluster: Cluster; readonly hooks: pulumi.ResourceHookBinding },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { plan, settings, target, cluster, hooks, monitoring, testerSecret, root } = args;
    super("sluice:kubernetes:Cluster", name, {}, opts);
    const home: ObjectHome = { stage: settings.stage, namespace: target.namespace, wait: target.wait };
    const prefix = `${name}/`;
    const provider = new Provider(name, providerArgs(name, cluster, target, root), { parent: this });
    const child = { parent: this, provider };
    const leading = { ...child, hooks };
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
      leading,
    );
    if (monitoring !== null) makeMonitoring(home, name, target, monitoring, child);
    const kubeconfig = cluster.kubeconfig === null ? null : pluginPath(root, cluster.kubeconfig);
    const waiting: Waiting | null =
      target.wait && target.output === null ? { cluster: name, context: cluster.context, kubeconfig, limit: target.readyWithin } : null;
    const made = leaves.map((leaf) => ({ leaf, service: makeLeaf(home, prefix, leaf, buckets, child) }));
    const servicesOf = Map.groupBy(made, ({ leaf }) => leaf.workload);
    const pods = new Map(
      workloads.map((workload) => {
        const leading = (servicesOf.get(workload.name) ?? []).map(({ leaf, service }) => [leaf.name, service] as const);
        return [workload.name, makeWorkload(home, prefix, workload, new Map(leading), waiting, child)];
      }),
    );
    const variantsOf = Map.groupBy(made, ({ leaf }) => leaf.service);
    // A variant, and those that its visitors come to when a flag is withdrawn; never what they may have come from.
    const readyOf = (to: Leaf): pulumi.Resource[] =>
      (variantsOf.get(to.service) ?? [])
        .filter(({ leaf }) => takesOver(leaf.variant, to.variant))
        .flatMap(({ leaf, service }) => [service, ...(pods.get(leaf.workload ?? "") ?? [])]);
    const routing = routingOf(plan, target, leaves);
    const { rules, versions } = makeRouting(
      {
        home,
        prefix,
        routing,
        testerSecret,
        installed: traefik,
        ready: new Map(leaves.map((leaf) => [leaf.name, readyOf(leaf)])),
      },
      leading,
    );
    // What the engine takes away at the end, Traefik must not lead to any more.
    const takenBy = (api: string, { context }: Waiting): RoutingTaken =>
      new RoutingTaken(
        `${prefix}taken`,
        { cluster: name, context, kubeconfig, namespace: target.namespace, stage: settings.stage, api, versions },
        { parent: this, dependsOn: [...rules] },
      );
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
  if (output !== null) return { ...common, renderYamlToDirectory: pluginPath(root, join(output, name)) };
  return {
    ...common,
    context,
    ...(kubeconfig === null ? {} : { kubeconfig: pluginPath(root, kubeconfig) }),
    ...(id === null ? {} : { clusterIdentifier: id }),
  };
}
