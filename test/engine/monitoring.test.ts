import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { STANDARD_MONITORING } from "../../src/model/settings.ts";
import { fileServices } from "../../src/monitoring/input.ts";
import { prometheusRules } from "../../src/monitoring/rules.ts";
import type { Timing } from "../../src/monitoring/timing.ts";
import { ask } from "../../src/net/ask.ts";
import { type Load, startLoad } from "../../src/operations/demo/load.ts";
import { type ServedFacts, serveFacts } from "../../src/operations/facts/serve-facts.ts";
import { modelOf, readProject, readStackFile } from "../../src/operations/project.ts";
import { planRollout } from "../../src/plan/plan.ts";
import { firingAlerts, queryPrometheus } from "../support/ask-prometheus.ts";
import { type MoodyProject, makeMoodyProject } from "../support/moody-project.ts";
import { hasProgram } from "../support/prometheus-tools.ts";
import { type ScratchPrometheus, startPrometheus } from "../support/scratch-prometheus.ts";
import { until } from "../support/wait.ts";

let test: MoodyProject;
beforeAll(async () => {
  test = await makeMoodyProject(["dev"]);
});
afterAll(() => test.remove());

async function mustRun(...args: readonly string[]): Promise<string> {
  const { code, output } = await test.pulumi(args);
  expect(code, output).toBe(0);
  return output;
}
const up = (): Promise<string> => mustRun("up", "--yes", "--skip-preview", "--stack", "dev");
const set = (path: string, value: string): Promise<string> => mustRun("config", "set", "--stack", "dev", "--path", path, value);
const written = (path: string): Promise<string> => readFile(join(test.root, ".sluice", "dev", "monitoring", path), "utf8");

describe("the monitoring of a stage", () => {
  it("comes with an update, stays through a raise and a rollback, and goes with an update", async () => {
    await mustRun("config", "set", "--stack", "dev", "monitoring", "true");
    expect(await up()).toContain("+ 5 created");
    const rules = await written("rules.yaml");
    expect(rules).toContain("SluiceVariantFailsMore");
    expect(JSON.parse(await written("dashboards/flag-agent-enabled.json"))).toMatchObject({ title: "Sluice / dev / AGENT_ENABLED" });

    await set("flags.AGENT_ENABLED", "50");
    const preview = await mustRun("preview", "--stack", "dev", "--diff");
    expect(preview).not.toContain("::monitoring/");
    await up();
    expect(await written("rules.yaml")).toBe(rules);

    const { code, output } = await test.sluice(["rollback", "--stage", "dev"]);
    expect(code, output).toBe(0);
    expect(await written("rules.yaml")).toBe(rules);

    await mustRun("config", "set", "--stack", "dev", "monitoring", "false");
    await up();
    await expect(written("rules.yaml")).rejects.toThrow("ENOENT");
    await mustRun("config", "set", "--stack", "dev", "monitoring", "true");
    await up();
    expect(await written("rules.yaml")).toBe(rules);
  });

  it("is the same by sluice monitoring", async () => {
    const { code, output } = await test.sluice(["monitoring", "--stage", "dev", "--output", "by-hand"]);
    expect(code, output).toBe(0);
    for (const path of output.trim().split("\n")) {
      const own = path.replace(/^by-hand\//, "");
      expect(await readFile(join(test.root, path), "utf8")).toBe(await written(own));
    }
    expect(output).toContain("by-hand/dashboards/stage.json");
  });
});

/** The standard windows in seconds, so that a test does not take hours. */
const QUICK: Timing = {
  burn: [
    { severity: "critical", long: 8_000, short: 4_000, factor: 14.4 },
    { severity: "warning", long: 30_000, short: 15_000, factor: 3 },
  ],
  comparison: 4_000,
  split: 6_000,
  hold: 1_000,
  patience: 1_000,
  stale: 60_000,
};

describe.skipIf(!(await hasProgram("prometheus")))("a real Prometheus on a real stage (skipped where no prometheus is on PATH)", () => {
  let prometheus: ScratchPrometheus;
  let facts: ServedFacts;
  let loads: Load[] = [];

  beforeAll(async () => {
    await set("flags.AGENT_ENABLED", "50");
    await up();
    facts = await serveFacts(test.root, [], "127.0.0.1:0");
    await mustRun("config", "rm", "--stack", "dev", "monitoring");
    await set("monitoring.facts", new URL(facts.url).host);
    await up();
    const project = await readProject(test.root);
    const { catalog, settings } = modelOf(project, "dev", (await readStackFile(project, "dev")).config);
    const plan = planRollout(catalog, settings);
    const rules = prometheusRules({ catalog, plan, settings: STANDARD_MONITORING, traefikServices: fileServices, traefik: null, timing: QUICK });
    const scrape = z.object({ scrape_configs: z.array(z.looseObject({})) }).parse(parse(await written("scrape.yaml")));
    prometheus = await startPrometheus(scrape, stringify(rules, { aliasDuplicateObjects: false }));
    loads = ["sluice-1=x", "sluice-5=x"].map((cookie) => startLoad(test.urlOf("dev"), "/voice", cookie, 3, 50));
  });
  afterAll(async () => {
    await Promise.all(loads.map((load) => load.stop()));
    await prometheus.stop();
    await facts.stop();
  });

  const names = async (): Promise<string[]> => (await firingAlerts(prometheus.url)).map(({ labels }) => labels["alertname"] ?? "").sort();

  it("is silent while all is well, and knows both sides and the facts", async () => {
    await until("both sides and the split are known", async () => {
      const found = await queryPrometheus(prometheus.url, 'sluice:with_flag:share_rate6s{flag="AGENT_ENABLED"} > 0.4 < 0.6');
      const exposed = await queryPrometheus(prometheus.url, 'sluice_flag_exposure_ratio{stage="dev", flag="AGENT_ENABLED"} == 0.5');
      const judged = await queryPrometheus(prometheus.url, 'sluice:errors:ratio_rate8s{side="with"} == 0');
      // Until the first scrape, Traefik rightly counts as not scraped.
      return found.length === 1 && exposed.length === 1 && judged.length === 1 && (await names()).length === 0;
    });
  });

  it("fires once the variant with the flag fails, and says what to run", async () => {
    await test.setMood({ errors: 1 });
    await until(
      "both alerts fire",
      async () => {
        const firing = await names();
        return firing.includes("SluiceVariantFailsMore") && firing.includes("SluiceErrorBudgetBurnsFast");
      },
      40_000,
    );
    const alert = (await firingAlerts(prometheus.url)).find(({ labels }) => labels["alertname"] === "SluiceVariantFailsMore");
    expect(alert?.labels).toMatchObject({ severity: "critical", stage: "dev", flag: "AGENT_ENABLED", owner: "voice", service: "voice-api" });
    expect(alert?.annotations["command"]).toBe("npx sluice rollback --stage dev --flag AGENT_ENABLED");
  });

  it("is silent again after the command that it names", async () => {
    const { code, output } = await test.sluice(["rollback", "--stage", "dev", "--flag", "AGENT_ENABLED"]);
    expect(code, output).toBe(0);
    await until(
      "no alert about errors fires",
      async () => !(await names()).some((name) => name === "SluiceVariantFailsMore" || name === "SluiceErrorBudgetBurnsFast"),
      40_000,
    );
    const marked = await queryPrometheus(prometheus.url, 'sluice_operation_timestamp_seconds{stage="dev", operation="rollback"}');
    expect(marked.map(({ labels }) => labels["flag"])).toContain("AGENT_ENABLED");
  });

  it("tells a broken stage as such, and the others all the same", async () => {
    const { body, headers } = await ask(facts.url, { path: "/metrics" });
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(body).toContain('sluice_stage_readable{stage="dev"} 1');
    expect((await ask(facts.url, { path: "/metrics?stage=prod" })).status).toBe(503);
  });
});
