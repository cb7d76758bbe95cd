import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { editStage, moveToCluster } from "../support/cluster/stage.ts";
import { killIn, reconciled } from "../support/kill.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { lost, startVisits, toVisit } from "../support/visits.ts";
import { until } from "../support/wait.ts";

const NAMESPACE = "voice-kill";
const ON = "sluice-1=x";
const reason = await whyNoCluster();

describe.skipIf(reason !== null)(`a kill on a cluster${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  let test: TestProject;
  let url = "";

  const up = async (exposure: number): Promise<void> => {
    await editStage(test.root, "dev", { "sluice:flags": { AGENT_ENABLED: exposure } });
    const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(code, output).toBe(0);
  };
  const seen = async (path: string): Promise<readonly string[]> => toVisit(0, await ask(url, { path, headers: { cookie: ON } })).on;

  beforeAll(async () => {
    cluster = await startCluster();
    url = cluster.traefik?.url ?? "";
    test = await makeProject();
    await cluster.apply(namespace(NAMESPACE));
    await test.pulumi(["stack", "init", "dev"]);
    await moveToCluster(test.root, "dev", cluster, NAMESPACE);
    await up(25);
  });
  afterAll(async () => {
    await cluster.close();
    await test.remove();
  });

  it("takes visitors off at once, is taken up by an update, and ends with revive", async () => {
    await until("visitors see the flag", async () => (await seen("/voice")).length > 0);
    const visits = startVisits(url, [
      ["/voice", ON],
      ["/billing", ON],
      ["/voice", "sluice-5=x"],
    ]);
    await until("visitors come", () => visits.seen.length > 50);
    const run = await killIn(test, "AGENT_ENABLED");
    expect(run.events.map(({ kind }) => kind)).toEqual(["traffic-off", "config-written"]);
    expect((await reconciled(run)).map(({ kind }) => kind)).toEqual(["reconciled"]);
    const all = await visits.stop();
    expect(lost(all)).toEqual([]);
    expect(all.filter(({ sent, on }) => sent > (run.off ?? 0) && on.length > 0)).toEqual([]);
    expect((await cluster.kubectl(["-n", NAMESPACE, "get", "configmap", "sluice-kills"])).stderr).toContain("NotFound");
    const { changes } = await preview();
    expect(changes).toEqual(["same"]);
    const { code, output } = await test.sluice(["revive", "AGENT_ENABLED", "--stage", "dev", "--yes", "--reason", "a test"]);
    expect(code, output).toBe(0);
    await until("visitors see the flag again", async () => (await seen("/voice")).length > 0);
  });

  it("stands against an update that is under way", async () => {
    await until("visitors see the flag", async () => (await seen("/billing")).length > 0);
    await editStage(test.root, "dev", { "sluice:flags": { AGENT_ENABLED: 50 } });
    const update = test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
    await until("the update holds the stage", async () => (await test.sluice(["status", "--json"])).output.includes('"locks": [\n        {'));
    const run = await killIn(test, "AGENT_ENABLED");
    const events = await reconciled(run);
    const { code: ended, output: said } = await update;
    // As the kill comes before the update's first look, or after it.
    if (ended !== 0) expect(said).toContain("AGENT_ENABLED was killed after this update had begun, and stays off");
    expect(events.map(({ kind }) => kind)).toEqual(["guarding", "reconciled"]);
    // What an update had begun that did not come to its end is left for the next.
    expect(events.at(-1)).toMatchObject({ ahead: ended === 0 ? [] : ["Pulumi.dev.yaml: sluice:flags"] });
    await until("nobody sees the flag", async () => (await Promise.all(["/voice", "/billing"].map(seen))).every((on) => on.length === 0));
    const { code, output } = await test.sluice(["verify", "--stage", "dev", "--visitors", "100"]);
    expect(code, output).toBe(0);
  });

  async function preview(): Promise<{ readonly changes: readonly string[] }> {
    const { output } = await test.pulumi(["preview", "--stack", "dev", "--json"]);
    const summary: unknown = JSON.parse(output.slice(output.indexOf("{")));
    const counts = typeof summary === "object" && summary !== null && "changeSummary" in summary ? summary.changeSummary : {};
    return { changes: typeof counts === "object" && counts !== null ? Object.keys(counts) : [] };
  }
});
