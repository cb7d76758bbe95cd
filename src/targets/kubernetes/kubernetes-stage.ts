import type { KubernetesTarget } from "../../model/kubernetes-target.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { RECORD_NAME } from "../../plan/stage-record.ts";
import * as pulumi from "../../pulumi.ts";
import type { TargetArgs } from "../target.ts";
import { ClusterStage } from "./cluster-stage.ts";
import { Record } from "./provider-resources.ts";

/** A stage on Kubernetes: one cluster, or several in waves. */
export class KubernetesStage extends pulumi.ComponentResource {
  /** Resolves once every cluster leads visitors by the plan. */
  readonly live: pulumi.Output<string>;

  constructor(name: string, args: TargetArgs<KubernetesTarget>, opts?: pulumi.ComponentResourceOptions) {
    super("sluice:kubernetes:Stage", name, {}, opts);
    const clusters = Object.entries(args.target.clusters);
    const waves = [...Map.groupBy(clusters, ([, { wave }]) => wave)].sort(([a], [b]) => a - b);
    let before: pulumi.Resource[] = [];
    for (const [, members] of waves) {
      const stages = members.map(([cluster, where]) => new ClusterStage(cluster, { ...args, cluster: where }, { parent: this, dependsOn: before }));
      before = stages.flatMap(({ rules }) => rules);
    }
    const record = new Record(RECORD_NAME, { content: `${canonicalJson(args.record)}\n` }, { parent: this, dependsOn: before });
    this.live = record.id;
    this.registerOutputs({});
  }
}
