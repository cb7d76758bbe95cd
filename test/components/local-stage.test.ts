import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { type MonitoringDocuments, monitoringDocuments } from "../../src/monitoring/documents.ts";
import { planRollout } from "../../src/plan/plan.ts";
import { stageRecord } from "../../src/plan/stage-record.ts";
import { secret } from "../../src/pulumi.ts";
import { LocalStage } from "../../src/targets/local/local-stage.ts";
import { catalogInput, localOf, modelFrom } from "../support/model.ts";
import { monitoringInput } from "../support/monitoring.ts";
import { type Recorded, recordResources } from "../support/recorded-resources.ts";
import { until } from "../support/wait.ts";

let registered: readonly Recorded[];

async function deploy(
  settings: Record<string, unknown>,
  testerSecret: string | null = null,
  catalog: unknown = catalogInput(),
  monitoring: MonitoringDocuments | null = null,
): Promise<void> {
  registered = await recordResources();
  const model = modelFrom(settings, catalog);
  const plan = planRollout(model.catalog, model.settings);
  new LocalStage("dev", {
    plan,
    catalog: model.catalog,
    settings: model.settings,
    target: localOf(model.settings.target),
    record: stageRecord(plan, model.settings),
    monitoring,
    testerSecret: testerSecret === null ? null : secret(testerSecret),
    root: "/project",
  });
  await until("the record is registered", () => registered.some((resource) => resource.name === "stage.json"));
}

function byName(name: string): Recorded | undefined {
  return registered.find((resource) => resource.name === name);
}

/** The one env file of a workload whose name begins so. */
function envFileOf(prefix: string): { readonly name: string; readonly content: string } | undefined {
  const files = Object.entries(z.record(z.string(), z.string()).parse(byName("env")?.inputs["files"]));
  return files.map(([name, content]) => ({ name, content })).find(({ name }) => name.startsWith(prefix));
}

describe("a local stage", () => {
  it("is these resources and no others", async () => {
    await deploy({ flags: { AGENT_ENABLED: 25 } });
    await until("the old env files are registered", () => byName("env/old") !== undefined);
    expect(registered.map((resource) => `${resource.type} ${resource.name}`).sort()).toEqual([
      "sluice-local:index:EnvFiles env",
      "sluice-local:index:FlagdFile flagd.json",
      "sluice-local:index:OldEnvFiles env/old",
      "sluice-local:index:RecordFile stage.json",
      "sluice-local:index:TraefikFile traefik.yaml",
      "sluice:local:Stage dev",
    ]);
  });

  it("has its monitoring as files, where it asks for some", async () => {
    const documents = monitoringDocuments(monitoringInput());
    await deploy({ flags: {} }, null, catalogInput(), documents);
    await until("the monitoring is registered", () => registered.some(({ name }) => name.startsWith("monitoring/dashboards/flag-transcripts")));
    const names = registered.map(({ name }) => name).filter((name) => name.startsWith("monitoring/"));
    expect(names.sort()).toEqual([
      "monitoring/alertmanager.yaml",
      "monitoring/dashboards/flag-agent-enabled.json",
      "monitoring/dashboards/flag-transcripts-enabled.json",
      "monitoring/dashboards/stage.json",
      "monitoring/rules.yaml",
      "monitoring/scrape.yaml",
    ]);
    expect(byName("monitoring/rules.yaml")?.inputs["path"]).toBe("/project/.sluice/dev/monitoring/rules.yaml");
  });

  it("has an env file with the flags of each variant, whose name and port follow from it", async () => {
    await deploy({ flags: { AGENT_ENABLED: 25 } });
    const base = envFileOf("voice-api--base-");
    const port = /PORT=(\d+)/.exec(base?.content ?? "")?.[1];
    expect(byName("env")?.inputs["path"]).toBe("/project/.sluice/dev/env");
    expect(base?.content).toBe(`AGENT_ENABLED=false\nPORT=${port ?? ""}\nSLUICE_SERVICE=voice-api\nSLUICE_VARIANT=base\nTRANSCRIPTS_ENABLED=false\n`);
    expect(Number(port)).toBeGreaterThanOrEqual(9100);
    expect(Number(port)).toBeLessThan(10_100);
    expect(envFileOf("voice-api--agent-enabled-")?.content).toContain("AGENT_ENABLED=true\n");
  });

  it("is another workload where the environment is another, so that the old one goes on until it is replaced", async () => {
    await deploy({});
    const before = envFileOf("voice-api--base-")?.name;
    const catalog = catalogInput();
    await deploy({}, null, { ...catalog, flags: { ...catalog.flags, A_NEW: { ...catalog.flags["AGENT_ENABLED"], routes: {} } } });
    const after = envFileOf("voice-api--base-")?.name;
    expect(after).not.toBe(before);
    expect(envFileOf("billing-api")).toBeDefined();
    await until("the old env files are registered", () => byName("env/old") !== undefined);
    expect(byName("env/old")?.inputs["keep"]).toEqual(expect.arrayContaining(["billing-api", after]));
  });

  it("leads Traefik to these ports", async () => {
    await deploy({ flags: { AGENT_ENABLED: 25 } });
    const inputs = byName("traefik.yaml")?.inputs;
    const port = /PORT=(\d+)/.exec(envFileOf("voice-api--agent-enabled-")?.content ?? "")?.[1] ?? "";
    expect(inputs?.["workloads"]).toContain(`http://127.0.0.1:${port}`);
    expect(parse(String(inputs?.["content"])).http.services["voice-api--agent-enabled"].loadBalancer).toEqual({
      servers: [{ url: `http://127.0.0.1:${port}` }],
    });
    expect(inputs?.["secrets"]).toEqual({});
  });

  it("keeps the tester secret out of the document", async () => {
    await deploy({ flags: { AGENT_ENABLED: { testers: true } }, testerSecret: "0123456789abcdef" }, "0123456789abcdef");
    expect(String(byName("traefik.yaml")?.inputs["content"])).not.toContain("0123456789abcdef");
    expect(String(byName("traefik.yaml")?.inputs["content"])).toContain("${tester-secret}");
  });

  it("writes where its settings say", async () => {
    await deploy({ local: { port: 1, adminPort: 2, workloadPorts: { "voice-api": 1000, "billing-api": 20 }, directory: "/var/lib/sluice" } });
    expect(byName("flagd.json")?.inputs["path"]).toBe("/var/lib/sluice/flagd/flags.json");
  });
});
