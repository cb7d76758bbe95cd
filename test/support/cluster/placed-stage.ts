import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { type ClusterClient, openCluster } from "../../../src/cluster/client.ts";
import { FIELD_MANAGER } from "../../../src/kubernetes/labels.ts";
import type { KubernetesTarget } from "../../../src/model/kubernetes-target.ts";
import { kubernetesSite } from "../../../src/operations/kubernetes/site.ts";
import type { Site } from "../../../src/operations/site.ts";
import type { Checkpoint } from "../../../src/operations/state-files.ts";
import { planRollout } from "../../../src/plan/plan.ts";
import type { RolloutPlan } from "../../../src/plan/rollout-plan.ts";
import { modelFrom } from "../model.ts";
import type { Cluster } from "./cluster.ts";
import { namespace } from "./objects.ts";
import { stageObjects } from "./stage-objects.ts";

const NAMESPACE = "voice";
export const TESTER_SECRET = "a-tester-secret-of-this-suite";

/** A stage `dev` in a test cluster, without the engine: its objects are applied as the engine would. */
export interface PlacedStage {
  readonly namespace: string;
  readonly client: ClusterClient;
  readonly target: KubernetesTarget;
  readonly site: Site;
  /** Applies what a plan needs, over whatever is there. @returns the plan */
  deploy(flags: Readonly<Record<string, unknown>>): Promise<RolloutPlan>;
  /** The state that the engine would have written. */
  checkpoint(plan: RolloutPlan): Checkpoint;
  /** The same stage with a second cluster, whose API server does not answer. */
  siteWithLostCluster(): Promise<Site>;
  remove(): Promise<void>;
}

/** @param unanswered an address at which no API server is */
export async function placeStage(cluster: Cluster, unanswered: string): Promise<PlacedStage> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-placed-"));
  const { traefik, kubeconfig, name: context } = cluster;
  const image = { image: "registry.example/service:1", replicas: 1, drain: "1s", resources: { requests: { cpu: "1000m" } } };
  const main = { context, kubeconfig, url: traefik?.url, api: traefik?.admin };
  const kubernetes = { namespace: NAMESPACE, nativeLB: true, clusters: { main }, services: { "voice-api": image, "billing-api": image } };
  const modelOf = (flags: Readonly<Record<string, unknown>>) => modelFrom({ target: "kubernetes", kubernetes, flags, testerSecret: TESTER_SECRET });
  const { target } = modelOf({}).settings;
  if (target.kind !== "kubernetes") throw new Error("the target is another");
  const client = await openCluster({ kubeconfig, context });
  await cluster.apply(namespace(NAMESPACE));
  const project = { root: folder, name: "sluice", backendUrl: null, catalog: {} };
  return {
    namespace: NAMESPACE,
    client,
    target,
    site: kubernetesSite(project, "dev", target),
    async deploy(flags) {
      const { catalog, settings } = modelOf(flags);
      const plan = planRollout(catalog, settings);
      for (const object of stageObjects(plan, target, "dev", TESTER_SECRET)) await client.apply(object, { manager: FIELD_MANAGER, force: true });
      return plan;
    },
    checkpoint(plan) {
      const resources = stageObjects(plan, target, "dev", TESTER_SECRET).map((object) => {
        const { apiVersion, kind, metadata } = object;
        const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:unseen" };
        const inputs = metadata.name.endsWith(".testers") && kind === "IngressRoute" ? { ...object, spec: secret } : object;
        const type = `kubernetes:${apiVersion}:${kind}`;
        const provider = "urn:pulumi:dev::sluice::sluice:kubernetes:Cluster$pulumi:providers:kubernetes::main::04da6b54";
        return { urn: `urn:pulumi:dev::sluice::${type}::main/${metadata.name}`, type, inputs, outputs: {}, provider };
      });
      return { resources, salt: null, record: null, pending: [] };
    },
    async siteWithLostCluster() {
      const file: { clusters: { name: string; cluster: object }[]; contexts: { name: string; context: object }[] } = parse(await readFile(kubeconfig, "utf8"));
      const clusters = [...file.clusters, { name: "lost", cluster: { server: unanswered } }];
      const contexts = [...file.contexts, { name: "lost", context: { cluster: "lost" } }];
      await writeFile(join(folder, "kubeconfig"), stringify({ ...file, clusters, contexts }));
      const both = { ...target.clusters["main"], kubeconfig: "kubeconfig" };
      const lost = { kubeconfig: "kubeconfig", context: "lost", id: null, url: null, api: null };
      return kubernetesSite(project, "dev", { namespace: NAMESPACE, wait: true, clusters: { main: { ...lost, ...both }, lost } });
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
