import { cp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { editStage, moveToCluster } from "../support/cluster/stage.ts";
import { HOME, makeProject, type TestProject } from "../support/project.ts";

const NAMESPACE = "voice-folders";
const reason = await whyNoCluster();

/** What a person has who clones a project: its program in its folder, and the same state. */
describe.skipIf(reason !== null)(`a project in another folder${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  let here: TestProject;
  let there: TestProject;

  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.apply(namespace(NAMESPACE));
    [here, there] = [await makeProject(), await makeProject()];
    await symlink(join(HOME, "index.ts"), join(here.root, "index.ts"));
    const path = join(here.root, "Pulumi.yaml");
    await writeFile(path, stringify({ ...parse(await readFile(path, "utf8")), main: "index.ts" }));
  });
  afterAll(async () => {
    await cluster.close();
    await here.remove();
    await there.remove();
  });

  /** Deploys here, and looks at what the same project would change from there, where this folder is no more. */
  async function moved(stage: string, more: Readonly<Record<string, unknown>>): Promise<{ readonly code: number; readonly output: string }> {
    await here.pulumi(["stack", "init", stage]);
    await moveToCluster(here.root, stage, cluster, NAMESPACE, more);
    await editStage(here.root, stage, { "sluice:flags": { AGENT_ENABLED: stage === "dev" ? 25 : false } });
    const { code, output } = await here.pulumi(["up", "--yes", "--skip-preview", "--stack", stage]);
    expect(code, output).toBe(0);
    await rm(there.root, { recursive: true });
    await cp(here.root, there.root, { recursive: true, verbatimSymlinks: true });
    return there.pulumi(["preview", "--diff", "--expect-no-changes", "--stack", stage]);
  }

  it("has nothing to do where its cluster is reached by a kubeconfig of its own", async () => {
    await cp(cluster.kubeconfig, join(here.root, "kubeconfig"));
    const { url, admin } = cluster.traefik ?? {};
    const { code, output } = await moved("dev", { clusters: { main: { context: cluster.name, kubeconfig: "kubeconfig", url, api: admin } } });
    expect(code, output).toBe(0);
  });

  it("has nothing to do where its files are rendered", async () => {
    const { code, output } = await moved("staging", { output: "deploy/staging" });
    expect(code, output).toBe(0);
    expect(await readdir(join(here.root, "deploy", "staging"))).toEqual(["main"]);
  });
});
