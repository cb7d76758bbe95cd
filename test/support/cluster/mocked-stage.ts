import { planRollout } from "../../../src/plan/plan.ts";
import { stageRecord } from "../../../src/plan/stage-record.ts";
import { secret } from "../../../src/pulumi.ts";
import { KubernetesStage } from "../../../src/targets/kubernetes/kubernetes-stage.ts";
import { catalogInput, modelFrom } from "../model.ts";
import { type Recorded, recordResources } from "../recorded-resources.ts";
import { until } from "../wait.ts";
import { kubernetesInput } from "./kubernetes-input.ts";

/** Everything that the engine is asked for, for stage `dev` on Kubernetes, without an engine. */
export async function deployStage(
  settings: Readonly<Record<string, unknown>>,
  kubernetes: Readonly<Record<string, unknown>> = kubernetesInput(),
  { catalog: input = catalogInput(), testerSecret = null }: { readonly catalog?: unknown; readonly testerSecret?: string | null } = {},
): Promise<readonly Recorded[]> {
  const recorded = await recordResources();
  const { catalog, settings: stage } = modelFrom({ target: "kubernetes", kubernetes, ...settings }, input);
  const plan = planRollout(catalog, stage);
  if (stage.target.kind !== "kubernetes") throw new Error(`the target is ${stage.target.kind}`);
  new KubernetesStage("dev", {
    plan,
    catalog,
    settings: stage,
    target: stage.target,
    record: stageRecord(plan, stage),
    monitoring: null,
    testerSecret: testerSecret === null ? null : secret(testerSecret),
    root: "/project",
    kills: null,
  });
  await until("the record is there", () => recorded.some(({ name }) => name === "stage.json"));
  return recorded;
}
