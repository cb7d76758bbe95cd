import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { STANDARD_MONITORING } from "../../../src/model/settings.ts";
import { monitoringDocuments } from "../../../src/monitoring/documents.ts";
import { monitoringFiles } from "../../../src/monitoring/files.ts";
import { fileServices, kubernetesServices } from "../../../src/monitoring/input.ts";
import { monitoringOfStage } from "../../../src/monitoring/of-stage.ts";
import { prometheusRules } from "../../../src/monitoring/rules.ts";
import { watchedFlags } from "../../../src/monitoring/sides.ts";
import { planRollout } from "../../../src/plan/plan.ts";
import { dockerInput } from "../../support/docker/input.ts";
import { catalogInput, modelFrom } from "../../support/model.ts";
import { HOSTILE, monitoringInput } from "../../support/monitoring.ts";

describe("the sides of a flag", () => {
  it("are all variants that can be, whatever is on today", () => {
    expect(watchedFlags(monitoringInput())).toEqual([
      { flag: "AGENT_ENABLED", owner: "voice", service: "billing-api", with: "billing-api--agent-enabled@file", without: "billing-api--base@file" },
      {
        flag: "AGENT_ENABLED",
        owner: "voice",
        service: "voice-api",
        with: "voice-api--agent-enabled@file|voice-api--agent-enabled--transcr-eb7985be@file",
        without: "voice-api--base@file",
      },
      {
        flag: "TRANSCRIPTS_ENABLED",
        owner: "voice",
        service: "voice-api",
        with: "voice-api--agent-enabled--transcr-eb7985be@file",
        without: "voice-api--base@file|voice-api--agent-enabled@file",
      },
    ]);
  });

  it("are those of the plan, with each flag alone, where a service has too many flags to foresee", () => {
    const catalog = catalogInput();
    const names = Array.from({ length: 8 }, (_, index) => `F${index}_ENABLED`);
    const flags = Object.fromEntries(names.map((name) => [name, { description: "d", owner: "o", expires: "2027-06-30", services: ["voice-api"] }]));
    const input = monitoringInput({}, { ...catalog, flags }, { F0_ENABLED: 50, F1_ENABLED: 50 });
    const first = watchedFlags(input).find(({ flag, service }) => flag === "F0_ENABLED" && service === "voice-api");
    expect(first?.with).toBe("voice-api--f0-enabled@file|voice-api--f0-enabled--f1-enabled@file");
    expect(first?.without.split("|")).toHaveLength(8);
  });

  it.each([
    ["voice-api--base@file", fileServices("voice-api", "base")],
    ["shop-voice-api-base-1f0c2a9b-http@kubernetescrd", kubernetesServices("shop")("voice-api", "base")],
    ["shop-voice-api-base-1f0c2a9b-bucket-12@kubernetescrd", kubernetesServices("shop")("voice-api", "base")],
    ["shop-voice-api-agent-enabled-http@kubernetescrd", kubernetesServices("shop")("voice-api", "agent-enabled")],
  ])("%s is of its variant", (name, pattern) => {
    expect(name).toMatch(new RegExp(`^(?:${pattern})$`));
  });

  it.each([
    "shop-voice-api-base-x-1f0c2a9b-http@kubernetescrd",
    "my-shop-voice-api-base-1f0c2a9b-http@kubernetescrd",
    "shop-voice-api-base-1f0c2a9b-80@kubernetescrd",
  ])("%s is of no variant of shop's", (name) => {
    expect(name).not.toMatch(new RegExp(`^(?:${kubernetesServices("shop")("voice-api", "base")})$`));
  });
});

describe("the rules of a stage", () => {
  it("stay as they are when a flag is raised, and when it is killed", () => {
    const rules = prometheusRules(monitoringInput());
    expect(prometheusRules(monitoringInput({}, catalogInput(), { AGENT_ENABLED: 25, TRANSCRIPTS_ENABLED: 5 }))).toEqual(rules);
    expect(prometheusRules(monitoringInput({}, catalogInput(), { AGENT_ENABLED: true }))).toEqual(rules);
  });

  it("record requests and errors with each flag over every window, and without it over those that are compared", () => {
    const [traffic] = prometheusRules(monitoringInput()).groups;
    const of = (side: string): string[] =>
      (traffic?.rules ?? []).flatMap((rule) =>
        "record" in rule && rule.labels["service"] === "billing-api" && rule.labels["side"] === side && rule.record.startsWith("sluice:errors")
          ? [rule.record]
          : [],
      );
    expect(of("with")).toEqual(["5m", "30m", "1h", "2h", "6h", "1d", "3d"].map((window) => `sluice:errors:ratio_rate${window}`));
    expect(of("without")).toEqual(["5m", "1h"].map((window) => `sluice:errors:ratio_rate${window}`));
  });

  it("record an error ratio like this", () => {
    const [traffic] = prometheusRules(monitoringInput()).groups;
    const traefik = 'traefik_service_requests_total{stage="production", service=~"billing-api--agent-enabled@file"';
    expect(traffic?.rules[1]).toEqual({
      record: "sluice:errors:ratio_rate5m",
      expr: `(sum(rate(${traefik}, code=~"[5-9].."}[5m])) or vector(0)) / (sum(rate(${traefik}}[5m])) > 0)`,
      labels: { stage: "production", service: "billing-api", flag: "AGENT_ENABLED", owner: "voice", side: "with" },
    });
  });

  it("alert on a fast burn like this", () => {
    const [, alerts] = prometheusRules(monitoringInput()).groups;
    const errors = (window: string): string => `sluice:errors:ratio_rate${window}{stage="production", side="with"}`;
    const requests = (window: string): string => `sluice:requests:rate${window}{stage="production", side="with"}`;
    expect(alerts?.rules[0]).toMatchObject({
      alert: "SluiceErrorBudgetBurnsFast",
      expr: [
        `(\n  ${errors("1h")} > 14.4 * 0.001\n  and ${errors("5m")} > 14.4 * 0.001\n  and ${requests("1h")} * 3600 >= 20\n)`,
        `(\n  ${errors("6h")} > 6 * 0.001\n  and ${errors("30m")} > 6 * 0.001\n  and ${requests("6h")} * 21600 >= 20\n)`,
      ].join(" or "),
      labels: { severity: "critical", stage: "production" },
    });
  });

  it("find Traefik as the settings say, and lead to the page that they name", () => {
    const input = monitoringInput();
    const settings = { ...input.settings, selector: 'job="traefik", cluster=~"a|b"', runbooks: "https://runbooks.example/sluice" };
    const text = JSON.stringify(prometheusRules({ ...input, settings }));
    expect(text).toContain(String.raw`absent(traefik_config_reloads_total{job=\"traefik\", cluster=~\"a|b\"})`);
    expect(text).toContain("https://runbooks.example/sluice#sluicestagedrifted");
    expect(text).not.toContain(String.raw`traefik_service_requests_total{stage=`);
  });

  it("have nothing of what people write in a template", () => {
    const catalog = catalogInput();
    Object.assign(catalog.flags["AGENT_ENABLED"] ?? {}, HOSTILE);
    const [traffic, alerts] = prometheusRules(monitoringInput({}, catalog)).groups;
    expect(alerts).toEqual(prometheusRules(monitoringInput()).groups[1]);
    expect(traffic?.rules[0]?.labels["owner"]).toBe('voice "x" {{ .Foo }}\\ second: {line}');
  });
});

describe("the files of a stage", () => {
  const input = { ...monitoringInput(), settings: { ...monitoringInput().settings, facts: "127.0.0.1:9469" } };

  it("are these", () => {
    expect(monitoringFiles(monitoringDocuments(input)).map(({ path }) => path)).toEqual([
      "rules.yaml",
      "scrape.yaml",
      "alertmanager.yaml",
      "dashboards/stage.json",
      "dashboards/flag-agent-enabled.json",
      "dashboards/flag-transcripts-enabled.json",
    ]);
  });

  it("scrape Traefik and the facts of this stage alone", () => {
    const file = monitoringFiles(monitoringDocuments(input)).find(({ path }) => path === "scrape.yaml");
    expect(parse(file?.content ?? "")).toEqual({
      scrape_configs: [
        { job_name: "sluice-production-traefik", static_configs: [{ targets: ["127.0.0.1:8301"], labels: { stage: "production" } }] },
        { job_name: "sluice-production-facts", params: { stage: ["production"] }, static_configs: [{ targets: ["127.0.0.1:9469"] }] },
      ],
    });
  });

  it.each([
    ["http://127.0.0.1:8301", { static_configs: [{ targets: ["127.0.0.1:8301"], labels: { stage: "production" } }] }],
    [
      "https://admin.shop.example/traefik/",
      {
        scheme: "https",
        metrics_path: "/traefik/metrics",
        static_configs: [{ targets: ["admin.shop.example"], labels: { stage: "production" } }],
      },
    ],
  ])("scrape the Traefik of a Docker stage at %s", (api, place) => {
    const model = modelFrom({ target: "docker", local: undefined, docker: dockerInput({ movingTags: true, api }) }, catalogInput(), "production");
    const { catalog, settings } = model;
    const documents = monitoringDocuments(monitoringOfStage(catalog, planRollout(catalog, settings), STANDARD_MONITORING, settings.target));
    expect(documents.scrape.scrape_configs).toEqual([{ job_name: "sluice-production-traefik", ...place }]);
  });

  it("have no webhook's address", () => {
    const text = monitoringFiles(monitoringDocuments(input))
      .map(({ content }) => content)
      .join("\n");
    expect(text).toContain("api_url_file: secrets/owner-voice");
    expect(text).not.toMatch(/api_url:|https?:\/\//);
  });
});
