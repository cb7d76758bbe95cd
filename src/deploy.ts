import { resolve } from "node:path";
import { parseConfig } from "./config/parse.ts";
import { type ReadConfig, readConfig } from "./config/read-config.ts";
import { FreezeFault, readGateFacts } from "./config/read-gate-facts.ts";
import { readRecordBefore, requireRecord } from "./config/read-records.ts";
import { readResources, type StackResources } from "./config/read-resources.ts";
import type { ObjectName } from "./kubernetes/objects.ts";
import type { Catalog } from "./model/catalog.ts";
import { renderFaults } from "./model/fault.ts";
import { killSubjects } from "./model/kills.ts";
import type { KubernetesTarget } from "./model/kubernetes-target.ts";
import type { StageSettings } from "./model/settings.ts";
import { stageFolder, type Target } from "./model/target.ts";
import { withStandingKills } from "./model/with-kills.ts";
import type { MonitoringDocuments } from "./monitoring/documents.ts";
import { checkGates, neighbours } from "./plan/check-gates.ts";
import { ownFileDigests } from "./plan/deployed-catalog.ts";
import { planRollout } from "./plan/plan.ts";
import type { RolloutPlan } from "./plan/rollout-plan.ts";
import { type StageOutputs, stageOutputs } from "./plan/stage-outputs.ts";
import { stageRecord } from "./plan/stage-record.ts";
import type { Asked } from "./preflight/ask-clusters.ts";
import * as pulumi from "./pulumi.ts";
import type { UpdateUnderKills } from "./targets/kubernetes/kubernetes-stage.ts";
import { LocalStage } from "./targets/local/local-stage.ts";
import type { TargetArgs } from "./targets/target.ts";

/**
 * The program of a stage: reads its config, asks the gates, plans, and deploys.
 * @returns what the stage shows to people, once it is live
 * @throws RunError with every fault of the config, or every refusal of a gate; nothing is deployed then
 */
export async function deploy(): Promise<pulumi.Output<StageOutputs>> {
  const { raw, ownFiles, testerSecret, registryPasswords } = readConfig();
  const parsed = parseConfig(raw);
  if (!parsed.ok) throw new pulumi.RunError(renderFaults("The config cannot be used", parsed.faults));
  const { catalog, settings: asWritten } = parsed.model;
  const root = pulumi.getRootDirectory();

  const clusters = await lookAtClusters(asWritten, root);
  const { settings, beyond } = withStandingKills(catalog, asWritten, clusters?.standingKills ?? []);
  for (const subject of beyond) {
    await pulumi.warn(
      `${subject} was killed in the cluster and stays off, though the config does not say so. To bring the config along: npx sluice kill ${subject} --stage ${settings.stage} --reason <why>; to end the kill: npx sluice revive ${subject} --stage ${settings.stage} --reason <why>`,
    );
  }
  const asked = neighbours(catalog, settings);
  const read = async (stage: string | null) => (stage === null ? [] : readResources(stage));
  const ofKubernetes = settings.target.kind === "kubernetes" ? settings.stage : null;
  const [own, before] = await Promise.all([read(asked.current ?? ofKubernetes), readRecordBefore(asked.previous)]);
  await refuseMove(settings, root, own);
  const records = { current: asked.current === null ? null : requireRecord(settings.stage, own), ...before };
  const facts = await readGateFacts(root, catalog, settings, records, new Date()).catch((error: unknown) => {
    throw error instanceof FreezeFault ? new pulumi.RunError(renderFaults("The config cannot be used", error.faults)) : error;
  });
  const gates = checkGates(catalog, settings, facts);
  if (gates.refusals.length > 0) throw new pulumi.RunError(renderFaults("The gates refuse this", gates.refusals));
  for (const { flag, refusal, reason } of gates.overridden) await pulumi.warn(`${flag}: ${refusal}; overridden: ${reason}`);

  const plan = planRollout(catalog, settings);
  const monitoring = await monitoringOf(catalog, plan, settings);
  const args = {
    plan,
    catalog,
    settings,
    record: stageRecord(plan, settings, ownFileDigests(ownFiles, catalog)),
    monitoring,
    testerSecret,
    registryPasswords,
    root,
  };
  const live = await deployTo(settings.target, args, clusters);
  return live.apply(async () => {
    if (clusters !== null && !pulumi.isDryRun()) await takeUpKills(asWritten, clusters);
    return stageOutputs(plan, settings);
  });
}

/** @throws RunError where the config has a stage elsewhere than it runs, and an update would take it from its visitors */
async function refuseMove({ stage, target }: StageSettings, root: string, resources: StackResources): Promise<void> {
  if (target.kind !== "kubernetes") return;
  const [{ findPlaces, movedFaults }, { pluginPath }] = await Promise.all([import("./preflight/moved.ts"), import("./targets/kubernetes/plugin-path.ts")]);
  const faults = movedFaults(stage, findPlaces(resources), target, (path) => pluginPath(root, path));
  if (faults.length > 0) throw new pulumi.RunError(renderFaults("The config cannot be used", faults));
}

/** Asks the clusters of a stage what an update would meet; null for a stage that changes none. */
async function lookAtClusters({ stage, target, monitoring }: StageSettings, root: string): Promise<Asked | null> {
  if (target.kind !== "kubernetes" || target.output !== null) return null;
  const { askClusters } = await import("./preflight/ask-clusters.ts");
  return askClusters(stage, target, root, monitoring !== null);
}

/** Keeps kills off that come while the update goes on. */
async function underKills(settings: StageSettings, { namespace, wait }: KubernetesTarget, { clients, standingKills }: Asked): Promise<UpdateUnderKills> {
  const { guardKills } = await import("./cluster/kill-guard.ts");
  const known = [...new Set([...killSubjects(settings), ...standingKills.map(({ subject }) => subject)])].sort();
  const guarded = { stage: settings.stage, namespace, known };
  return { known, guards: new Map([...clients].map(([cluster, client]) => [cluster, guardKills(client, guarded, { wait })])) };
}

/** Sees in every cluster that what stands killed is off, and ends the standing of what the config kills by itself: the next update goes by the config alone. */
async function takeUpKills({ stage, target, kill }: StageSettings, { clients }: Asked): Promise<void> {
  if (target.kind !== "kubernetes") return;
  const { takeUpKills: takeUp } = await import("./cluster/kill-guard.ts");
  const { namespace, wait } = target;
  const killed = killSubjects({ kill });
  for (const [cluster, client] of clients) {
    await takeUp(client, { stage, namespace }, killed, { wait }).catch(async (error: unknown) => {
      await pulumi.warn(`${cluster}: the kills that stand there were not looked at: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}

/** Deploys a stage where it runs; other targets than the one in use are not loaded. @returns what resolves once the stage is live */
async function deployTo(
  target: Target,
  args: Omit<TargetArgs<Target>, "target"> & Pick<ReadConfig, "registryPasswords">,
  clusters: Asked | null,
): Promise<pulumi.Output<string>> {
  const { stage } = args.settings;
  switch (target.kind) {
    case "local":
      return new LocalStage(stage, { ...args, target }).live;
    case "docker": {
      const [{ DockerStage }, { requireEngine }] = await Promise.all([
        import("./targets/docker/docker-stage.ts"),
        import("./targets/docker/require-engine.ts"),
      ]);
      const folder = resolve(args.root, stageFolder(stage, target));
      const unstarted = await requireEngine({ target, project: pulumi.getProject(), stage, folder }).catch((error: unknown) => {
        throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
      });
      for (const name of unstarted)
        await pulumi.warn(`container ${name} was made and never started. If its name turns out to be in use: docker rm --force ${name}, then pulumi up.`);
      return new DockerStage(stage, { ...args, target }).live;
    }
    case "kubernetes": {
      const { planFaults } = await import("./kubernetes/plan-faults.ts");
      const faults = planFaults(args.plan, target);
      if (faults.length > 0) throw new pulumi.RunError(renderFaults("The config cannot be used", faults));
      const [{ objectsOf }, { KubernetesStage }] = await Promise.all([import("./kubernetes/objects.ts"), import("./targets/kubernetes/kubernetes-stage.ts")]);
      const refused = clusters?.faults([...objectsOf(args.plan, target), ...(await monitoringNames(args.monitoring, target))]) ?? [];
      if (refused.length > 0) throw new pulumi.RunError(renderFaults("The cluster cannot be used", refused));
      return new KubernetesStage(stage, { ...args, target, kills: clusters === null ? null : await underKills(args.settings, target, clusters) }).live;
    }
    default:
      return target satisfies never;
  }
}

/** The objects of a stage's monitoring in each cluster, by kind and name. */
async function monitoringNames(documents: MonitoringDocuments | null, target: KubernetesTarget): Promise<ObjectName[]> {
  if (documents === null) return [];
  const { monitoringObjects, monitoringPlace } = await import("./monitoring/kubernetes.ts");
  return monitoringObjects(documents, monitoringPlace(target)).map(({ kind, metadata: { name } }) => ({ kind, name }));
}

/** Loaded where it is asked for only: what builds dashboards takes a fifth of a second. */
async function monitoringOf(catalog: Catalog, plan: RolloutPlan, { monitoring, target }: StageSettings): Promise<MonitoringDocuments | null> {
  if (monitoring === null) return null;
  const [{ monitoringDocuments }, { monitoringOfStage }] = await Promise.all([import("./monitoring/documents.ts"), import("./monitoring/of-stage.ts")]);
  return monitoringDocuments(monitoringOfStage(catalog, plan, monitoring, target));
}
