import { afterAll, beforeAll, describe, expect } from "vitest";
import { z } from "zod";
import { ask } from "../../src/net/ask.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { editStage, moveToCluster } from "../support/cluster/stage.ts";
import { makeProject } from "../support/project.ts";
import { targetContract } from "./target.contract.ts";

const NAMESPACE = "voice-dev";
const KINDS = "deployments,configmaps,services,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers,ingressroutes,traefikservices,middlewares";
const objects = z.object({ items: z.array(z.object({ kind: z.string(), metadata: z.object({ name: z.string() }) })) });
const reason = await whyNoCluster();

describe.skipIf(reason !== null)(`on a cluster${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.apply(namespace(NAMESPACE));
  });
  afterAll(() => cluster.close());

  targetContract("kubernetes", async () => {
    const test = await makeProject();
    await test.pulumi(["stack", "init", "dev"]);
    await moveToCluster(test.root, "dev", cluster, NAMESPACE);
    return {
      async deploy({ flags, kill }) {
        await editStage(test.root, "dev", { "sluice:flags": flags, "sluice:kill": kill ?? {} });
        const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
        expect(code, output).toBe(0);
      },
      ask: (path, headers) => ask(cluster.traefik?.url ?? "", { path, ...(headers === undefined ? {} : { headers }) }),
      async drift() {
        const { stderr, code } = await cluster.kubectl([
          ...["-n", NAMESPACE, "patch", "configmap", "sluice-flagd", "--type", "merge", "--field-manager", "kubectl-edit"],
          ...["-p", JSON.stringify({ data: { "flags.json": "{}" } })],
        ]);
        expect(code, stderr).toBe(0);
        const { output } = await test.pulumi(["refresh", "--yes", "--diff", "--stack", "dev"]);
        return output;
      },
      async destroy() {
        const { code, output } = await test.pulumi(["destroy", "--yes", "--stack", "dev"]);
        expect(code, output).toBe(0);
        const { stdout } = await cluster.kubectl(["-n", NAMESPACE, "get", KINDS, "-o", "json"]);
        const names = objects.parse(JSON.parse(stdout)).items.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
        return names.filter((name) => name !== "ConfigMap kube-root-ca.crt");
      },
      close: () => test.remove(),
    };
  });
});
