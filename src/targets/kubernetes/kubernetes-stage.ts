import type { KillGuard } from "../../cluster/kill-guard.ts";
import type { KubernetesTarget } from "../../model/kubernetes-target.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { RECORD_NAME } from "../../plan/stage-record.ts";
import * as pulumi from "../../pulumi.ts";
import type { TargetArgs } from "../target.ts";
import { ClusterStage } from "./cluster-stage.ts";
import { gateArgs } from "./gate-args.ts";
import { beforeAll, killHooks } from "./kill-hooks.ts";
import { Record, WaveGate } from "./provider-resources.ts";

/** What an update does about kills; see `src/cluster/kill-guard.ts`. */
export interface UpdateUnderKills {
  /** Subjects of which the update knew as it began. */
  readonly known: readonly string[];
  /** By name of the cluster. */
  readonly guards: ReadonlyMap<string, KillGuard>;
}

/** A stage on Kubernetes: one cluster, or several in waves. */
export class KubernetesStage extends pulumi.ComponentResource {
  /** Resolves once every cluster leads visitors by the plan. */
  readonly live: pulumi.Output<string>;

  /** @param args.kills null where files are rendered, which nobody is led by */
  constructor(name: string, args: TargetArgs<KubernetesTarget> & { readonly kills: UpdateUnderKills | null }, opts?: pulumi.ComponentResourceOptions) {
    super("sluice:kubernetes:Stage", name, {}, opts);
    const clusters = Object.entries(args.target.clusters);
    const waves = [...Map.groupBy(clusters, ([, { wave }]) => wave)].sort(([a], [b]) => a - b);
    const hooks = new Map([...(args.kills?.guards ?? [])].map(([cluster, guard]) => [cluster, killHooks(cluster, guard)]));
    let before: pulumi.Resource[] = [];
    for (const [index, [wave, members]] of waves.entries()) {
      const stages = members.map(
        ([cluster, where]) => new ClusterStage(cluster, { ...args, cluster: where, hooks: hooks.get(cluster) ?? {} }, { parent: this, dependsOn: before }),
      );
      before = stages.flatMap(({ live }) => live);
      if (index < waves.length - 1 && args.target.output === null) {
        before = [new WaveGate(`wave-${wave}`, gateArgs(wave, args, args.kills?.known ?? []), { parent: this, dependsOn: before })];
      }
    }
    const record = new Record(
      RECORD_NAME,
      { content: `${canonicalJson(args.record)}\n` },
      { parent: this, dependsOn: before, hooks: beforeAll([...hooks.values()]) },
    );
    this.live = record.id;
    this.registerOutputs({});
  }
}
