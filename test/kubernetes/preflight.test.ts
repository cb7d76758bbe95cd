import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubernetesTarget } from "../../src/model/kubernetes-target.ts";
import { type Asked, askClusters } from "../../src/preflight/ask-clusters.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { modelFrom } from "../support/model.ts";

const reason = await whyNoCluster();
const NAMESPACE = "voice-dev";

describe.skipIf(reason !== null)(`the look before an update${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.apply(namespace(NAMESPACE));
  });
  afterAll(() => cluster.close());

  function target(more: Readonly<Record<string, unknown>> = {}): KubernetesTarget {
    const { settings } = modelFrom({
      target: "kubernetes",
      kubernetes: {
        namespace: NAMESPACE,
        clusters: { main: { context: cluster.name, kubeconfig: cluster.kubeconfig, ...more } },
        services: { "voice-api": { image: "a" }, "billing-api": { image: "a" } },
      },
    });
    if (settings.target.kind !== "kubernetes") throw new Error("another target");
    return settings.target;
  }

  const ask = (more?: Readonly<Record<string, unknown>>): Promise<Asked> => askClusters("dev", target(more), "/");

  it("finds nothing against a cluster that can be used", async () => {
    const asked = await ask();
    expect(asked.faults([])).toEqual([]);
    for (let i = 0; i < 4; i += 1) {
      const started = performance.now();
      await ask();
      process.stderr.write(`${performance.now() - started} ms\n`);
    }
    const stranger = await ask({ context: `${cluster.name}-stranger`, id: "00000000-0000-0000-0000-000000000000" });
    process.stderr.write(JSON.stringify(stranger.faults([]), null, 1));
    process.stderr.write(JSON.stringify((await ask({ id: "00000000-0000-0000-0000-000000000000" })).faults([]), null, 1));
    process.stderr.write(JSON.stringify((await ask({ context: "nope" })).faults([]), null, 1));
  });
});
