import type { KubernetesTarget } from "../../model/kubernetes-target.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { RECORD_NAME } from "../../plan/stage-record.ts";
import * as pulumi from "../../pulumi.ts";
import type { TargetArgs } from "../target.ts";
import { ClusterStage } from "./cluster-stage.ts";
import { gateArgs } from "./gate-args.ts";
import { Record, WaveGate } from "./provider-resources.ts";

/** A stage on Kubernetes: one cluster, or several in waves. */
export class KubernetesStage extends pulumi.ComponentResource {
  /** Resolves once every cluster leads visitors by the plan. */
  readonly live: pulumi.Output<string>;

  constructor(name: string, args: TargetArgs<KubernetesTarget>, opts?: pulumi.ComponentResourceOptions) {
    super("sluice:kubernetes:Stage", name, {}, opts);
    const clusters = Object.entries(args.target.clusters);
    const waves = [...Map.groupBy(clusters, ([, { wave }]) => wave)].sort(([a], [b]) => a - b);
    let before: pulumi.Resource[] = [];
    for (const [index, [wave, members]] of waves.entries()) {
      const stages = members.map(([cluster, where]) => new ClusterStage(cluster, { ...args, cluster: where }, { parent: this, dependsOn: before }));
      before = stages.flatMap(({ live }) => live);
      if (index < waves.length - 1 && args.target.output === null) {
        const { plan, target, catalog, settings } = args;
        before = [new WaveGate(`wave-${wave}`, gateArgs(wave, plan, target, catalog, settings), { parent: this, dependsOn: before })];
      }
    }
    const record = new Record(RECORD_NAME, { content: `${canonicalJson(args.record)}\n` }, { parent: this, dependsOn: before });
    this.live = record.id;
    this.registerOutputs({});
  }
}
