import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roleOf } from "../../src/kubernetes/rbac.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { editStage, moveToCluster } from "../support/cluster/stage.ts";
import { HOME, makeProject, type TestProject } from "../support/project.ts";

const reason = await whyNoCluster();
const NAMESPACE = "voice-dev";

describe.skipIf(reason !== null)(`rights${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  let project: TestProject;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.apply(namespace(NAMESPACE));
    const roles = await readFile(join(HOME, "docs/kubernetes-rbac.yaml"), "utf8");
    const applied = await cluster.kubectl(["--namespace", NAMESPACE, "apply", "-f", "-"], roles);
    expect(applied.code, applied.stderr).toBe(0);
    for (const [kind, role] of [
      ["rolebinding", "role"],
      ["clusterrolebinding", "clusterrole"],
    ] as const) {
      const bound = await cluster.kubectl(["--namespace", NAMESPACE, "create", kind, "up", `--${role}`, roleOf("update"), "--user", "stranger"]);
      expect(bound.code, bound.stderr).toBe(0);
    }
    project = await makeProject();
    await project.pulumi(["stack", "init", "dev"]);
    await moveToCluster(project.root, "dev", { ...cluster, name: `${cluster.name}-stranger` }, NAMESPACE);
  });
  afterAll(async () => {
    await project.remove();
    await cluster.close();
  });

  it("deploys, changes, refreshes and destroys a stage with exactly the rights of sluice-update", async () => {
    for (const args of [
      ["up", "--yes", "--skip-preview"],
      ["up", "--yes"],
      ["preview", "--expect-no-changes"],
      ["refresh", "--yes"],
      ["destroy", "--yes"],
    ]) {
      if (args.length === 2 && args[0] === "up") await editStage(project.root, "dev", { "sluice:flags": { AGENT_ENABLED: 25 } });
      const { code, output } = await project.pulumi([...args, "--stack", "dev"]);
      process.stderr.write(`${output}\n`);
      expect(code, output).toBe(0);
    }
  });
});
